import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createServer } from './app-server.js';
import type { MetaErrError } from './core/errors.js';
import type { Metrics } from './core/metrics.js';
import { useHostCheck } from './plugins/client-errors.js';
import { useJsonBody } from './plugins/json-body.js';
import { useNotFound } from './plugins/not-found.js';
import { useObservation } from './plugins/observe.js';
import { refuseWhenClosing } from './plugins/refuse-when-closing.js';
import { processRoutes, workerReadinessRoutes } from './routes/operation.js';

/** What the worker's routes ask. */
export interface WorkerServices {
  readonly metrics: Metrics;
  /** Why the worker takes no jobs at the moment, in words (the consumer does not run, Redis does not answer); empty when it does. */
  missing(): readonly string[];
  /** Set once closing has begun. */
  refusal(): MetaErrError | null;
}

/** The HTTP server of the worker: probes and metrics. Not listening yet. */
export async function createWorkerApp(services: WorkerServices, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = createServer({ logger, requestMilliseconds: 60_000 });
  useJsonBody(app);
  useObservation(app, services.metrics);
  useHostCheck(app);
  refuseWhenClosing(app, () => services.refusal());
  useNotFound(app);
  for (const routes of [processRoutes, workerReadinessRoutes]) await app.register(routes(services));
  return app;
}
