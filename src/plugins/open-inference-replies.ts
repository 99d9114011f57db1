import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import { PLAIN_JSON } from './open-inference.js';

/** Tensors hardly get smaller at the higher levels, which take several times as long. */
const COMPRESSION_LEVEL = 1;

/** JSON without a charset, and `reply.compress` for the routes that may compress: gzip or deflate, as the client asks. */
export async function useOpenInferenceReplies(app: FastifyInstance): Promise<void> {
  await app.register(compress, { global: false, encodings: ['gzip', 'deflate'], threshold: 0, zlibOptions: { level: COMPRESSION_LEVEL } });
  app.addHook('onSend', async (_request, reply) => {
    if (String(reply.getHeader('content-type')).startsWith(`${PLAIN_JSON};`)) void reply.header('content-type', PLAIN_JSON);
  });
}
