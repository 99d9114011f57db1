import { randomUUID } from 'node:crypto';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { answerFrameworkError, useErrors } from './plugins/errors.js';
import { useJsonBody } from './plugins/json-body.js';
import { useNotFound } from './plugins/not-found.js';
import { useObservation } from './plugins/observe.js';
import { useOpenapi } from './plugins/openapi.js';
import { useStrictValidation } from './plugins/validation.js';
import { groundTruthRoutes } from './routes/ground-truth.js';
import { jobRoutes } from './routes/jobs.js';
import { metaModelRoutes } from './routes/meta-models.js';
import { modelRoutes } from './routes/models.js';
import { operationRoutes } from './routes/operation.js';
import { predictRoutes } from './routes/predict.js';
import { predictionRoutes } from './routes/predictions.js';
import { reportRoutes } from './routes/report.js';
import type { Services } from './routes/services.js';
import { RELEASE } from './system-release.js';

export interface AppOptions {
  readonly bodyLimitBytes: number;
  readonly logger: FastifyBaseLogger;
}

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** Once closing has begun, everything but the probes is refused with 503 and Retry-After. */
function refuseWhenClosing(app: FastifyInstance, services: Services): void {
  app.addHook('onRequest', async (request) => {
    const refusal = services.refusal();
    if (refusal !== null && !PROBES.has(request.routeOptions.url ?? '')) throw refusal;
  });
}

/** The HTTP server over the use-cases; the only place where plugins and routes meet. Not listening yet. */
export async function createApp(services: Services, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: 'x-request-id',
    frameworkErrors: answerFrameworkError,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 120_000,
    keepAliveTimeout: 75_000,
    routerOptions: { ignoreTrailingSlash: true },
  });
  useErrors(app);
  useJsonBody(app);
  useStrictValidation(app);
  useObservation(app, services.metrics);
  refuseWhenClosing(app, services);
  useNotFound(app);
  await useOpenapi(app, RELEASE);
  for (const routes of [predictRoutes, groundTruthRoutes, predictionRoutes, modelRoutes, metaModelRoutes, jobRoutes, reportRoutes, operationRoutes]) {
    await app.register(routes(services));
  }
  return app;
}
