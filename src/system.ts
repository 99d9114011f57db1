import { systemClock, type Clock } from './core/clock.js';
import { MetaErrError } from './core/errors.js';
import { predictionIdFactory } from './core/ids.js';
import { Lifecycle } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import { createMetrics } from './core/metrics.js';
import type { Config } from './config.js';
import { createThreadPool } from './engine/pool.js';
import { createPredict } from './inference/predict.js';
import { createModelRepository } from './inference/repository/model-repository.js';
import { createStatistics } from './inference/statistics.js';
import { createChampionFollower } from './jobs/champion-follower.js';
import { createGroundTruth } from './jobs/ground-truth.js';
import { createHousekeeping } from './jobs/housekeeping.js';
import { applyLabelChanges } from './jobs/label-metrics.js';
import { createLedgerExport } from './jobs/ledger-export.js';
import { createReport } from './jobs/report.js';
import { createRetrainHandler } from './jobs/retrain-handler.js';
import { createRetraining } from './jobs/retraining.js';
import { createTrainingRunner } from './jobs/training-runner.js';
import { createRetrainingTrigger } from './jobs/trigger.js';
import type { LabelChange } from './ledger/ledger.js';
import { createLedgerWriter } from './ledger/writer.js';
import type { MetaModelRegistry } from './meta/registry.js';
import type { Services } from './routes/services.js';
import { openEmbeddedStore } from './system-store.js';

/** What tests put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
}

export interface System extends Services {
  readonly registry: MetaModelRegistry;
  /** Loads the models and begins to run jobs; resolves when the first load of every model has ended. */
  start(): Promise<void>;
  /** Refuses new requests from now on. */
  refuse(): void;
  /** Closes everything in order, once. The HTTP server is closed before. */
  close(): Promise<void>;
}

/** Nice value of the training process: predictions go first where both share cores. */
const TRAINING_NICE = 19;
const MAX_FLUSH_ROWS = 2_000;
const JOB_ATTEMPTS = 3;
const entry = (name: string) => new URL(`./entries/${name}.js`, import.meta.url);

/** The composition root of the embedded mode: the only place that knows the adapters. */
export async function createSystem(config: Config, logger: Logger, overrides: Overrides = {}): Promise<System> {
  const clock = overrides.clock ?? systemClock;
  const metrics = createMetrics();
  const store = await openEmbeddedStore(config.dataDir, entry('sqlite-thread'), { clock, logger, maxAttempts: JOB_ATTEMPTS });
  const { ledger, registry, marks, queue } = store;

  const repository = createModelRepository({
    directory: config.modelRepository,
    poolFactory: createThreadPool({ threadUrl: entry('engine-thread') }),
    registry,
    logger,
    metrics,
    clock,
  });
  const { catalogue } = repository;
  const trigger = createRetrainingTrigger({ ledger, marks, queue, catalogue, logger });
  const onLabels = (changes: readonly LabelChange[]) => trigger.labelsChanged(changes);
  const writer = createLedgerWriter({
    ledger,
    clock,
    logger,
    metrics,
    flushIntervalMilliseconds: config.ledger.flushMilliseconds,
    maxRows: MAX_FLUSH_ROWS,
    maxBufferedRows: config.ledger.bufferRows,
    // Ground truths that waited for these predictions.
    onChanges: (changes) => {
      applyLabelChanges(metrics, catalogue, changes);
      onLabels(changes);
    },
  });
  const statistics = createStatistics(catalogue);
  const predict = createPredict({ catalogue, writer, clock, metrics, statistics, logger, ids: predictionIdFactory() });
  const champions = createChampionFollower(registry, repository.swapper);
  const runner = createTrainingRunner({ entry: entry('training-process'), clock, nice: TRAINING_NICE });
  const handler = createRetrainHandler({ store: { kind: 'sqlite', dataDir: config.dataDir }, catalogue, ledger, writer, registry, champions, marks, runner, clock, metrics, logger });
  const housekeeping = createHousekeeping({
    ledger,
    queue,
    catalogue,
    clock,
    logger,
    intervalMilliseconds: config.housekeepingSeconds * 1_000,
    jobDays: config.jobsKeptDays,
  });

  // The doors are closed before (see the server entry); then from the requests down to the store.
  const lifecycle = new Lifecycle(logger);
  lifecycle.add('predictions', () => predict.close());
  lifecycle.add('trigger', () => trigger.close());
  lifecycle.add('jobs', () => queue.close(config.shutdownSeconds * 1_000));
  lifecycle.add('housekeeping', () => housekeeping.close());
  lifecycle.add('ledger writer', () => writer.close());
  lifecycle.add('sessions', () => repository.close());
  lifecycle.add('store', () => store.close());

  let refusal: MetaErrError | null = null;
  return {
    catalogue,
    predict,
    repository,
    statistics,
    ledger,
    registry,
    metrics,
    queue,
    groundTruth: createGroundTruth({ ledger, writer, catalogue, clock, metrics, logger, onLabels }),
    retraining: createRetraining({ catalogue, writer, queue, registry, champions, clock }),
    reports: createReport({ ledger, catalogue }),
    ledgerExport: createLedgerExport({ ledger, writer, catalogue, logger }),
    missing: () => [],
    refusal: () => refusal,
    async start() {
      await repository.loadAll();
      await queue.start(handler);
      trigger.start();
      housekeeping.start();
    },
    refuse() {
      refusal ??= new MetaErrError('SHUTTING_DOWN', 'The server is shutting down.', { retryAfterSeconds: 1 });
    },
    close: () => lifecycle.close(),
  };
}
