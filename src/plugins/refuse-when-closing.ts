import type { FastifyInstance } from 'fastify';
import type { MetaErrError } from '../core/errors.js';

const PROBES = new Set(['/healthz', '/readyz', '/metrics', '/v2/health/live']);

/**
 * Once closing has begun, everything but the probes is refused with 503 and Retry-After, and no connection is kept for a next request:
 * it would hold up the close for as long as its client likes.
 */
export function refuseWhenClosing(app: FastifyInstance, refusal: () => MetaErrError | null): void {
  app.addHook('onRequest', async (request) => {
    const error = refusal();
    if (error !== null && !PROBES.has(request.routeOptions.url ?? '')) throw error;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (refusal() !== null) void reply.header('connection', 'close');
  });
  // A reply that had begun before told its client that the connection stays.
  app.addHook('onResponse', async () => {
    if (refusal() !== null) setImmediate(() => app.server.closeIdleConnections());
  });
}
