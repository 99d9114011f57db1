import type { FastifyInstance } from 'fastify';
import { NO_TRACING, type RequestTrace, type Tracing } from '../core/tracing.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where the request is not traced. */
    trace: RequestTrace | null;
  }
}

/** What people and programs ask for; probes, scrapes and the files of the page would only bury it. */
const TRACED = /^\/v[12]\/(?!health\b)/;

/** A span a request, named by its route; the request's log lines name it. */
export function useTracing(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('trace', null);
  if (tracing === NO_TRACING) return;
  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? '';
    if (!TRACED.test(route)) return;
    const [path = ''] = request.url.split('?', 1);
    request.trace = tracing.begin({ method: request.method, route, path, id: request.id, headers: request.headers });
    if (request.trace === null) return;
    const { traceId, spanId } = request.trace;
    request.log = request.log.child({ trace_id: traceId, span_id: spanId });
    reply.log = request.log;
  });
  app.addHook('onError', async (request, _reply, error) => request.trace?.describe({ 'error.type': error.code ?? error.name }));
  app.addHook('onResponse', async (request, reply) => request.trace?.end(reply.statusCode));
}
