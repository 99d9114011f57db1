import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createServer } from './app-server.js';
import { useAdminKey } from './plugins/admin-key.js';
import { useHostCheck } from './plugins/client-errors.js';
import { refuseEncodedBodies } from './plugins/encoded-bodies.js';
import { useJsonBody } from './plugins/json-body.js';
import { useNotFound } from './plugins/not-found.js';
import { useObservation } from './plugins/observe.js';
import { useOpenInferenceReplies } from './plugins/open-inference-replies.js';
import { useOpenapi } from './plugins/openapi.js';
import { useQueueBoard, type QueueBoard } from './plugins/queue-board.js';
import { useRawBodies } from './plugins/raw-bodies.js';
import { refuseWhenClosing } from './plugins/refuse-when-closing.js';
import { useTracing } from './plugins/tracing.js';
import { useStrictValidation } from './plugins/validation.js';
import { breakdownRoutes } from './routes/breakdown.js';
import { groundTruthRoutes } from './routes/ground-truth.js';
import { jobRoutes } from './routes/jobs.js';
import { ledgerRoutes } from './routes/ledger.js';
import { metaModelRoutes } from './routes/meta-models.js';
import { modelRoutes } from './routes/models.js';
import { oipInferRoutes } from './routes/oip/infer.js';
import { oipModelRoutes } from './routes/oip/models.js';
import { oipRepositoryRoutes } from './routes/oip/repository.js';
import { oipServerRoutes } from './routes/oip/server.js';
import { processRoutes, readinessRoutes } from './routes/operation.js';
import { predictRoutes } from './routes/predict.js';
import { predictionSearchRoutes } from './routes/prediction-search.js';
import { predictionRoutes } from './routes/predictions.js';
import { pseudoLabelRoutes } from './routes/pseudo-labels.js';
import { reportRoutes } from './routes/report.js';
import { riskPolicyRoutes } from './routes/risk-policy.js';
import { scoreRoutes } from './routes/score.js';
import { timelineRoutes } from './routes/timeline.js';
import type { Services } from './routes/services.js';
import { RELEASE } from './system-release.js';
import { siteRoutes } from './ui/site-routes.js';

export interface AppOptions {
  readonly bodyLimitBytes: number;
  readonly logger: FastifyBaseLogger;
  /** Asked for on the operator's routes; null asks for nothing. */
  readonly adminKey: string | null;
  /** The queues to be shown at /admin/queues; null shows none. */
  readonly board: QueueBoard | null;
  /** Whether there is a page at /ui/. */
  readonly ui: boolean;
}

/** The Open Inference Protocol reads bodies and writes replies in its own way, so its routes have a scope of their own. */
async function serveOpenInference(app: FastifyInstance, services: Services, bodyLimitBytes: number): Promise<void> {
  await app.register(async (scope) => {
    useRawBodies(scope, bodyLimitBytes);
    await useOpenInferenceReplies(scope);
    await scope.register(oipServerRoutes(services, RELEASE));
    for (const routes of [oipModelRoutes, oipInferRoutes, oipRepositoryRoutes]) await scope.register(routes(services));
  });
}

/** The HTTP server over the use-cases; the only place where plugins and routes meet. Not listening yet. */
export async function createApp(services: Services, options: AppOptions): Promise<FastifyInstance> {
  // A stream of ground truths may take an hour to arrive: it has no bound but the client's own.
  const app = createServer({ logger: options.logger, requestMilliseconds: 3_600_000, bodyLimitBytes: options.bodyLimitBytes });
  useJsonBody(app);
  useStrictValidation(app);
  useTracing(app, services.tracing);
  useObservation(app, services.metrics);
  useHostCheck(app);
  refuseWhenClosing(app, () => services.refusal());
  useAdminKey(app, options.adminKey);
  useNotFound(app);
  refuseEncodedBodies(app);
  await useOpenapi(app, RELEASE);
  for (const routes of [predictRoutes, scoreRoutes, groundTruthRoutes, predictionRoutes, predictionSearchRoutes, modelRoutes, metaModelRoutes, jobRoutes, reportRoutes, timelineRoutes, breakdownRoutes, riskPolicyRoutes, ledgerRoutes, pseudoLabelRoutes, processRoutes, readinessRoutes]) {
    await app.register(routes(services));
  }
  await serveOpenInference(app, services, options.bodyLimitBytes);
  if (options.ui) await app.register(siteRoutes());
  if (options.board !== null) await useQueueBoard(app, options.board, options.adminKey);
  return app;
}
