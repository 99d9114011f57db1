import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inflateBody } from './inflate.js';

/**
 * Every body as inflated bytes, at most `limit` of them, whatever its content type: clients of the Open Inference Protocol send
 * none, or one that does not fit. What the bytes mean is for the routes to say, so neither bodies nor headers are checked against
 * their schemas. A request without a body has none.
 */
export function useRawBodies(app: FastifyInstance, limit: number): void {
  const compile = app.validatorCompiler;
  if (compile === undefined) throw new Error('raw bodies need a validator compiler for what is not raw');
  app.setValidatorCompiler((part) => (part.httpPart === 'body' || part.httpPart === 'headers' ? () => true : compile(part)));

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limit }, async (request: FastifyRequest, body: Buffer) =>
    inflateBody(body, request.headers['content-encoding'], limit),
  );
  // Fastify refuses a malformed content type before it looks for a parser; without one it takes the parser of all.
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });
}
