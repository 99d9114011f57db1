import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MetaErrError } from '../core/errors.js';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+');
  return new RegExp(`^${escaped}/?$`);
}

/** Unknown paths are 404; known paths with another method are 405 with an Allow header. Register before the routes. */
export function useNotFound(app: FastifyInstance): void {
  const routes = new Map<string, KnownRoute>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    routes.set(url, known);
  });
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set([...routes.values()].filter((route) => route.pattern.test(path)).flatMap((route) => [...route.methods]));
    if (allowed.size === 0) throw new MetaErrError('ROUTE_NOT_FOUND', `No route has the path ${path}.`);
    void reply.header('allow', [...allowed].sort().join(', '));
    throw new MetaErrError('METHOD_NOT_ALLOWED', `${path} does not take ${request.method}.`);
  };
  // Before Fastify reads the body, of which it could find fault first.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) refuse(request, reply);
  });
  app.setNotFoundHandler(refuse);
}
