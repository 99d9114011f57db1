import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Metrics } from '../core/metrics.js';
import { notReady } from '../inference/not-ready.js';
import { closed, named } from './schemas.js';
import type { Services } from './services.js';

const Live = named('Liveness', closed({ live: Type.Boolean({ description: 'The process answers.' }) }, 'Liveness.'));

const Ready = named('Readiness', closed(
  {
    ready: Type.Boolean({ description: 'The first load of every model has ended, the server is not closing, and of the models that are loaded at least one can predict.' }),
    missing: Type.Array(Type.String(), { description: 'What the server does without at the moment, in words (Redis, or instances of a model, for example).' }),
    models: Type.Record(Type.String(), Type.String(), { description: 'State by model; the reason where it is unavailable.' }),
  },
  'Readiness.',
));

const WorkerReady = closed(
  {
    ready: Type.Boolean({ description: 'Jobs are taken.' }),
    missing: Type.Array(Type.String(), { description: 'Why not, in words.' }),
  },
  'Readiness.',
);

/** GET /healthz and /metrics, of every process. */
export function processRoutes({ metrics }: { readonly metrics: Metrics }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/healthz',
      { schema: { operationId: 'healthz', tags: ['operation'], summary: 'Liveness probe', response: { 200: Live } } },
      async () => ({ live: true }),
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

/** GET /readyz of the server: ready while it can predict, whatever else is missing. */
export function readinessRoutes({ catalogue, missing, refusal }: Pick<Services, 'catalogue' | 'missing' | 'refusal'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/readyz',
      { schema: { operationId: 'readyz', tags: ['operation'], summary: 'Readiness probe', response: { 200: Ready, 503: Ready } } },
      async (_request, reply) => {
        const ready = refusal() === null && notReady(catalogue) === null;
        const models = Object.fromEntries(catalogue.list().map((view) => [view.name, view.reason === null ? view.state : `${view.state}: ${view.reason}`]));
        if (!ready) void reply.header('retry-after', '1');
        return reply.code(ready ? 200 : 503).send({ ready, missing: [...missing()], models });
      },
    );
  };
}

/** GET /readyz of the worker: ready while nothing is missing. */
export function workerReadinessRoutes({ missing, refusal }: Pick<Services, 'missing' | 'refusal'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/readyz', { schema: { response: { 200: WorkerReady, 503: WorkerReady } } }, async (_request, reply) => {
      const closing = refusal();
      const all = [...missing(), ...(closing === null ? [] : [closing.message])];
      if (all.length > 0) void reply.header('retry-after', '1');
      return reply.code(all.length === 0 ? 200 : 503).send({ ready: all.length === 0, missing: all });
    });
  };
}
