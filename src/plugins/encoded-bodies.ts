import type { FastifyInstance } from 'fastify';
import { MetaErrError } from '../core/errors.js';
import { isOpenInference } from './open-inference.js';

/**
 * Only the routes of the Open Inference Protocol read compressed bodies. Elsewhere their bytes would be called malformed JSON, or lines of
 * NDJSON that are not valid. Register before the routes, and after what refuses paths without one.
 */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
    if (encoding === '' || encoding === 'identity' || isOpenInference(request)) return;
    throw new MetaErrError('UNSUPPORTED_MEDIA_TYPE', `The content encoding ${encoding} is not read here; send the body as it is.`);
  });
}
