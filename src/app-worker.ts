import { randomUUID } from 'node:crypto';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { MetaErrError } from './core/errors.js';
import type { Metrics } from './core/metrics.js';
import { answerFrameworkError, useErrors } from './plugins/errors.js';
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
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => randomUUID(),
    requestIdHeader: 'x-request-id',
    frameworkErrors: answerFrameworkError,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    routerOptions: { ignoreTrailingSlash: true },
  });
  useErrors(app);
  useJsonBody(app);
  useObservation(app, services.metrics);
  refuseWhenClosing(app, () => services.refusal());
  useNotFound(app);
  for (const routes of [processRoutes, workerReadinessRoutes]) await app.register(routes(services));
  return app;
}
