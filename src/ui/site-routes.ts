import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { MetaErrError } from '../core/errors.js';
import { SITE_HEADERS } from './site-headers.js';
import { readSite, type SentFile } from './site.js';

/** It is no part of the OpenAPI document. */
const HIDDEN = { schema: { hide: true } };
const REVALIDATE = 'no-cache';
const FOR_GOOD = 'public, max-age=31536000, immutable';

/** The page for people at /ui/, to which a browser at the root is sent, and what it is made of. Its addresses are relative, so it works behind any path prefix. */
export function siteRoutes(): FastifyPluginAsync {
  return async (app) => {
    const site = readSite();
    app.get('/', HIDDEN, async (_request, reply) => reply.redirect('ui/'));
    app.get('/ui', HIDDEN, async (request, reply) => {
      if (request.url.split('?', 1)[0]?.endsWith('/') === true) return send(request, reply, site.index, REVALIDATE);
      return reply.code(308).header('location', 'ui/').send();
    });
    app.get<{ Params: { digest: string; '*': string } }>('/ui/assets/:digest/*', HIDDEN, async (request, reply) => {
      const path = request.params['*'];
      const file = site.asset(path);
      if (file === null) throw new MetaErrError('ROUTE_NOT_FOUND', `The page has no file ${path}.`);
      // Another release of the server gave the page its address.
      return send(request, reply, file, request.params.digest === site.digest ? FOR_GOOD : REVALIDATE);
    });
  };
}

function send(request: FastifyRequest, reply: FastifyReply, file: SentFile, caching: string): FastifyReply {
  void reply.headers({ ...SITE_HEADERS, etag: file.etag, 'cache-control': caching });
  if (request.headers['if-none-match']?.includes(file.etag) === true) return reply.code(304).send();
  void reply.type(file.type);
  if (file.gzip === null || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(file.gzip);
}
