import type { FastifyInstance } from 'fastify';

/**
 * JSON bodies, with prototype pollution refused. An empty body counts as none: many clients send the content type with
 * every POST, also to routes that read no body. No other content type is read.
 */
export function useJsonBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}
