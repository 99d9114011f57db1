import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../core/metrics.js';

/** Durations by route pattern (never by path, so strangers cannot add series), and the request id on every reply. */
export function useObservation(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requestDuration.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
}
