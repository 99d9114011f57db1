import type {} from '@fastify/compress';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { LoadedModel } from '../../inference/contracts.js';
import { createInferExchange } from '../../inference/oip/infer-exchange.js';
import type { WireReply } from '../../inference/oip/write-reply.js';
import { clientGone } from '../client-gone.js';
import type { Services } from '../services.js';
import { HEADER_LENGTH, readHeaderLength } from './header-length.js';
import { INFER_REPLIES, InferBody, InferHeaders } from './infer-schemas.js';
import { MODEL_AND_VERSION, TAG, type ModelPath } from './schemas.js';

const EMPTY = Buffer.alloc(0);

function send(reply: FastifyReply, { json, binary, headerLength }: WireReply): FastifyReply {
  if (headerLength !== null) void reply.header(HEADER_LENGTH, headerLength);
  void reply.type(headerLength === null ? 'application/json' : 'application/octet-stream');
  reply.compress(binary.length === 0 ? Buffer.from(json) : Buffer.concat([Buffer.from(json), ...binary]));
  return reply;
}

/** POST /v2/models/{model}[/versions/{version}]/infer. */
export function oipInferRoutes({ predict }: Pick<Services, 'predict'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const { path, suffix, params, which } of MODEL_AND_VERSION) {
      app.post<{ Params: ModelPath; Body: Buffer | undefined }>(
        `${path}/infer`,
        {
          schema: {
            operationId: `oipInfer${suffix}`,
            tags: [TAG],
            summary: `Infer with ${which}`,
            description: 'The reply carries the probability that it is wrong, as output tensors or, for who names its outputs, when asked for by name.',
            params,
            headers: InferHeaders,
            body: InferBody,
            response: INFER_REPLIES,
          },
        },
        async (request, reply) => {
          const { model, version } = request.params;
          const exchange = createInferExchange(request.body ?? EMPTY, readHeaderLength(request.headers[HEADER_LENGTH]));
          const asked = { model, version: version ?? null, trace: request.trace, read: (loaded: LoadedModel) => exchange.read(loaded), gone: clientGone(reply) };
          return send(reply, await predict.predict(asked, (answer) => exchange.write(answer)));
        },
      );
    }
  };
}
