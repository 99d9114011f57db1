import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { closed, named } from './schemas.js';
import type { Services } from './services.js';

const Live = named('Liveness', closed({ live: Type.Boolean({ description: 'The process answers.' }) }, 'Liveness.'));
const Ready = named('Readiness', closed(
  {
    ready: Type.Boolean({ description: 'The first load of every model has ended and the server is not closing.' }),
    models: Type.Record(Type.String(), Type.String(), { description: 'State by model; the reason where it is unavailable.' }),
  },
  'Readiness.',
));

/** GET /healthz, /readyz and /metrics. */
export function operationRoutes({ catalogue, metrics, refusal }: Pick<Services, 'catalogue' | 'metrics' | 'refusal'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/healthz',
      { schema: { operationId: 'healthz', tags: ['operation'], summary: 'Liveness probe', response: { 200: Live } } },
      async () => ({ live: true }),
    );
    app.get(
      '/readyz',
      { schema: { operationId: 'readyz', tags: ['operation'], summary: 'Readiness probe', response: { 200: Ready, 503: Ready } } },
      async (_request, reply) => {
        const ready = catalogue.ready && refusal() === null;
        const models = Object.fromEntries(catalogue.list().map((view) => [view.name, view.reason === null ? view.state : `${view.state}: ${view.reason}`]));
        if (!ready) void reply.header('retry-after', '1');
        return reply.code(ready ? 200 : 503).send({ ready, models });
      },
    );
    app.get(
      '/metrics',
      {
        schema: {
          operationId: 'metrics',
          tags: ['operation'],
          summary: 'Prometheus metrics',
          response: { 200: { description: 'Prometheus text format.', content: { 'text/plain': { schema: Type.String() } } } },
        },
      },
      async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };
}
