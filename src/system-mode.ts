import type { Clock } from './core/clock.js';
import type { Lifecycle } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import type { Metrics } from './core/metrics.js';
import type { Tracing } from './core/tracing.js';
import type { Config } from './config.js';
import type { ModelCatalogue } from './inference/contracts.js';
import type { ChampionFollower } from './jobs/champion-follower.js';
import { createCatalogueProfiles } from './jobs/catalogue-profiles.js';
import { createChampionWatch } from './jobs/champion-watch.js';
import { createProfilePublisher } from './jobs/profile-publisher.js';
import type { JobQueue } from './jobs/queue.js';
import { createBoardQueues } from './jobs/bull/board.js';
import type { LedgerWriter } from './ledger/writer.js';
import type { QueueBoard } from './plugins/queue-board.js';
import type { RedisStore } from './system-redis.js';
import type { Store } from './system-store.js';
import { addQueueStep, createTraining } from './system-training.js';

/** What a server does beside serving; it differs between the modes. */
export interface Mode {
  /** Where requests and the trigger enqueue. */
  readonly enqueuing: Pick<JobQueue, 'enqueue' | 'ended'>;
  /** The queues to be shown; null in the embedded mode. */
  readonly board: QueueBoard | null;
  /** What is not there at the moment, in words. */
  missing(): readonly string[];
  /** @throws MetaErrError REDIS_UNUSABLE */
  beforeLoading(): Promise<void>;
  afterLoading(): Promise<void>;
  /** Adds the closing steps of what begins work. */
  addSteps(lifecycle: Lifecycle): void;
}

export interface ModeParts {
  readonly catalogue: ModelCatalogue;
  readonly champions: ChampionFollower;
  readonly writer: LedgerWriter;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/** One process does it all: it trains too. */
export function embeddedMode(config: Config, store: Store, parts: ModeParts): Mode {
  const { catalogue, writer } = parts;
  const training = createTraining(config, { ...parts, store, profiles: createCatalogueProfiles(catalogue), beforeReading: () => writer.flush() });
  return {
    enqueuing: store.queue,
    board: null,
    missing: () => [],
    beforeLoading: () => Promise.resolve(),
    afterLoading: () => training.start(),
    addSteps: (lifecycle) => training.addSteps(lifecycle),
  };
}

/** The workers train: a server lets them know of its models, and follows the promotions of all processes. */
export function distributedMode(config: Config, store: RedisStore, { catalogue, champions, writer, clock, logger }: ModeParts): Mode {
  const { client, queue, profiles, registry } = store;
  const watch = createChampionWatch({ registry, champions, catalogue, clock, logger });
  const publisher = createProfilePublisher({ catalogue, profiles, clock, logger });
  const board = config.bullBoard ? createBoardQueues(client) : null;
  // What was kept while Redis was away is written as soon as it is back; when that fails the writer tries again by itself.
  client.commands.on('ready', () => void writer.flush().catch(() => undefined));
  return {
    enqueuing: {
      // A worker must know of the model when it begins the job.
      async enqueue(job) {
        await publisher.publish(job.model, job.version);
        return queue.enqueue(job);
      },
      ended: (id) => queue.ended(id),
    },
    board,
    missing: () => store.missing(),
    async beforeLoading() {
      await store.check();
      watch.start();
    },
    async afterLoading() {
      publisher.start();
    },
    addSteps(lifecycle) {
      lifecycle.add('profiles', () => publisher.close());
      addQueueStep(lifecycle, queue, { shutdownSeconds: 0 });
      lifecycle.add('champions', () => watch.close());
      if (board !== null) lifecycle.add('queue page', () => board.close());
    },
  };
}
