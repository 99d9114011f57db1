import { systemClock, type Clock } from './core/clock.js';
import { predictionIdFactory } from './core/ids.js';
import { Lifecycle } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import { createMetrics } from './core/metrics.js';
import type { Config } from './config.js';
import { createThreadPool } from './engine/pool.js';
import { DecisionThresholds } from './inference/decision-thresholds.js';
import { observeOutages, outagesInWords } from './inference/engine-outages.js';
import { createPredict } from './inference/predict.js';
import { createModelRepository } from './inference/repository/model-repository.js';
import { createStatistics } from './inference/statistics.js';
import { createBreakdown } from './jobs/breakdown/breakdown.js';
import { createChampionFollower } from './jobs/champion-follower.js';
import { createDriftWatch } from './jobs/drift/drift-watch.js';
import { createGroundTruth } from './jobs/ground-truth.js';
import { applyLabelChanges } from './jobs/label-metrics.js';
import { createLedgerExport } from './jobs/ledger-export.js';
import { observeMetaModels } from './jobs/meta-model-metrics.js';
import { createPolicyWatch } from './jobs/policy/policy-watch.js';
import { observeQueue } from './jobs/queue-metrics.js';
import { createReport } from './jobs/report.js';
import { createRetraining } from './jobs/retraining.js';
import { createPseudoLabels } from './jobs/pseudo-labels/pseudo-labels.js';
import { createPredictionSearch } from './jobs/search/prediction-search.js';
import { createTimeline } from './jobs/timeline/timeline.js';
import { createRetrainingTrigger, type RetrainingTrigger } from './jobs/trigger.js';
import { createUnlabelledTrigger } from './jobs/unlabelled-trigger.js';
import type { LabelChange, PredictionBatch } from './ledger/ledger.js';
import { createStrictSink } from './ledger/strict-sink.js';
import { createLedgerWriter } from './ledger/writer.js';
import type { MetaModelRegistry } from './meta/registry.js';
import type { QueueBoard } from './plugins/queue-board.js';
import type { Services } from './routes/services.js';
import { entryUrl } from './system-entry.js';
import { openTracing } from './system-tracing.js';
import { distributedMode, embeddedMode, type Mode, type ModeParts } from './system-mode.js';
import { observeProcess } from './system-observe.js';
import { openRedisStore } from './system-redis.js';
import { createRefusal } from './system-refusal.js';
import { openEmbeddedStore, type Store } from './system-store.js';

/** What tests put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  /** The entry of the engine's threads. */
  readonly engineThread?: URL;
}

export interface System extends Services {
  readonly registry: MetaModelRegistry;
  /** The queues to be shown; null in the embedded mode. */
  readonly board: QueueBoard | null;
  /** Loads the models and begins the background work; resolves when the first load of every model has ended. */
  start(): Promise<void>;
  /** Refuses new requests from now on. */
  refuse(): void;
  /** Closes everything in order, once. The HTTP server is closed before. */
  close(): Promise<void>;
}

const MAX_FLUSH_ROWS = 2_000;

/** The composition root of the server, in both modes. Does not wait for Redis. */
export async function createSystem(config: Config, logger: Logger, overrides: Overrides = {}): Promise<System> {
  const clock = overrides.clock ?? systemClock;
  const metrics = createMetrics();
  const tracing = await openTracing(config.tracing, { clock, logger, metrics });
  const { store, modeOf } = await openMode(config, { clock, logger });
  const { ledger, registry, marks, queue } = store;

  const repository = createModelRepository({
    directory: config.modelRepository,
    poolFactory: createThreadPool({ threadUrl: overrides.engineThread ?? entryUrl('engine-thread'), clock, logger }),
    registry,
    logger,
    metrics,
    clock,
  });
  const { catalogue } = repository;
  const writer = createLedgerWriter({
    ledger: { append: (batch) => appended(batch) },
    clock,
    logger,
    metrics,
    flushIntervalMilliseconds: config.ledger.flushMilliseconds,
    maxRows: MAX_FLUSH_ROWS,
    maxBufferedRows: config.ledger.bufferRows,
    maxLargeRows: store.maxReplyRows,
    // Ground truths that waited for these predictions.
    onChanges: (changes) => {
      applyLabelChanges(metrics, catalogue, changes);
      onLabels(changes);
    },
  });
  const champions = createChampionFollower(registry, repository.swapper);
  const mode = modeOf({ catalogue, champions, writer, clock, metrics, tracing, logger });
  const trigger: RetrainingTrigger = createRetrainingTrigger({ ledger, marks, queue: mode.enqueuing, catalogue, clock, logger });
  const unlabelled = createUnlabelledTrigger({ ledger, registry, queue: mode.enqueuing, catalogue, clock, logger });
  const appended = async (batch: PredictionBatch): Promise<readonly LabelChange[]> => {
    const changes = await ledger.append(batch);
    unlabelled.written(batch.key, batch.ids.length);
    return changes;
  };
  const onLabels = (changes: readonly LabelChange[]): void => trigger.labelsChanged(changes);
  const statistics = createStatistics(catalogue);
  const sink = config.ledger.durable ? createStrictSink(writer) : { add: (batch: PredictionBatch) => (writer.add(batch), true) };
  const thresholds = new DecisionThresholds();
  const policies = createPolicyWatch({ ledger, registry, catalogue, thresholds, clock, metrics, logger });
  const drift = createDriftWatch({ ledger, registry, marks, queue: mode.enqueuing, catalogue, clock, metrics, logger });
  const predict = createPredict({ catalogue, writer: sink, clock, metrics, statistics, logger, thresholds, maxRows: store.maxReplyRows, ids: predictionIdFactory() });
  observeQueue({ queue, metrics, clock, redis: config.redis !== null });
  observeOutages(catalogue, metrics);
  observeMetaModels({ catalogue, registry, metrics, clock });

  // The doors are closed before (see `runProcess`); then from the requests down to the store.
  const lifecycle = new Lifecycle(logger);
  lifecycle.add('predictions', () => predict.close());
  lifecycle.add('trigger', () => trigger.close());
  lifecycle.add('trigger of predictions', () => unlabelled.close());
  lifecycle.add('risk policies', () => policies.close());
  lifecycle.add('drift', () => drift.close());
  mode.addSteps(lifecycle);
  lifecycle.add('ledger writer', () => writer.close());
  lifecycle.add('sessions', () => repository.close());
  lifecycle.add('store', () => store.close());
  lifecycle.add('traces', () => tracing.close());
  observeProcess(metrics, lifecycle, { role: 'server', mode: config.redis === null ? 'embedded' : 'distributed' });

  const closing = createRefusal('The server is shutting down.');
  return {
    catalogue,
    predict,
    repository,
    statistics,
    ledger,
    registry,
    metrics,
    tracing,
    queue,
    board: mode.board,
    groundTruth: createGroundTruth({ ledger, writer, catalogue, clock, metrics, logger, onLabels }),
    retraining: createRetraining({ catalogue, writer, queue: mode.enqueuing, registry, champions, clock }),
    reports: createReport({ ledger, registry, catalogue, clock }),
    timelines: createTimeline({ ledger, catalogue, clock }),
    breakdowns: createBreakdown({ ledger, catalogue, clock }),
    riskPolicies: policies,
    ledgerExport: createLedgerExport({ ledger, writer, catalogue, logger }),
    predictionSearch: createPredictionSearch({ ledger, catalogue, clock }),
    pseudoLabels: createPseudoLabels({ ledger, catalogue, clock }),
    missing: () => [...mode.missing(), ...(writer.degraded ? ['the ledger cannot be written, predictions wait in memory'] : []), ...outagesInWords(catalogue)],
    refusal: closing.refusal,
    async start() {
      await mode.beforeLoading();
      if (closing.refusal() !== null) return;
      policies.start();
      await repository.loadAll();
      if (closing.refusal() !== null) return;
      await mode.afterLoading();
      trigger.start();
      unlabelled.start();
      drift.start();
      policies.look();
    },
    refuse: closing.refuse,
    close: () => lifecycle.close(),
  };
}

/** The store of the mode that the configuration asks for, and what follows from it. */
async function openMode(config: Config, ports: Pick<ModeParts, 'clock' | 'logger'>): Promise<{ readonly store: Store; modeOf(parts: ModeParts): Mode }> {
  const { redis, dataDir, workerConcurrency } = config;
  if (redis === null) {
    const store = await openEmbeddedStore(dataDir, entryUrl('sqlite-thread'), ports);
    return { store, modeOf: (parts) => embeddedMode(config, store, parts) };
  }
  const store = openRedisStore({ redis, workerConcurrency }, 'server', ports);
  return { store, modeOf: (parts) => distributedMode(config, store, parts) };
}
