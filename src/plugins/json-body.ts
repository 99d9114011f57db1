import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { MetaErrError } from '../core/errors.js';
import { checkJsonSize } from '../inference/codec/json-size.js';

/**
 * JSON bodies, with prototype pollution refused. An empty body counts as none: many clients send the content type with
 * every POST, also to routes that read no body. No other content type is read. Text that is cheap to send and dear to parse is refused, and
 * so is text that is not UTF-8: its letters would become others without a word.
 */
export function useJsonBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    try {
      checkJsonSize(body);
      if (!isUtf8(body)) throw new MetaErrError('INVALID_JSON', 'the JSON of the request is not UTF-8');
    } catch (error) {
      done(error as Error, undefined);
      return;
    }
    void parse(request, body.toString('utf8'), done);
  });
}
