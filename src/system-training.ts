import type { Clock } from './core/clock.js';
import type { Lifecycle } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import type { Metrics } from './core/metrics.js';
import type { Tracing } from './core/tracing.js';
import type { Config } from './config.js';
import type { ChampionFollower } from './jobs/champion-follower.js';
import { createHousekeeping } from './jobs/housekeeping.js';
import type { ModelProfiles } from './jobs/model-profiles.js';
import { createRetrainHandler } from './jobs/retrain-handler.js';
import { createSchedules } from './jobs/schedules.js';
import { createTrainingRunner } from './jobs/training-runner.js';
import { entryUrl } from './system-entry.js';
import type { Store } from './system-store.js';

/** Nice value of the training process: predictions go first where both share cores. */
const TRAINING_NICE = 19;

export interface TrainingParts {
  readonly store: Store;
  readonly profiles: ModelProfiles;
  readonly champions: ChampionFollower;
  /** Makes durable what this process still buffers. */
  readonly beforeReading: () => Promise<void>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/** The background work of a process that trains: retrainings, their schedules, housekeeping. */
export interface Training {
  start(): Promise<void>;
  /** Adds its closing steps: first what begins jobs, then the jobs. */
  addSteps(lifecycle: Lifecycle): void;
}

/** The background work of the embedded server and of the worker. */
export function createTraining(config: Pick<Config, 'housekeepingSeconds' | 'jobsKeptDays' | 'shutdownSeconds'>, parts: TrainingParts): Training {
  const { store, profiles, champions, beforeReading, clock, metrics, tracing, logger } = parts;
  const { ledger, registry, marks, queue, recurrence } = store;
  const runner = createTrainingRunner({ entry: entryUrl('training-process'), clock, nice: TRAINING_NICE });
  const handler = createRetrainHandler({ store: store.address, profiles, ledger, beforeReading, registry, champions, marks, runner, clock, metrics, tracing, logger });
  const housekeeping = createHousekeeping({ ledger, registry, queue, profiles, clock, logger, jobDays: config.jobsKeptDays });
  const schedules = createSchedules({ recurrence, profiles, housekeeping, queue, clock, logger, housekeepingMilliseconds: config.housekeepingSeconds * 1_000 });
  return {
    async start() {
      await queue.start(handler);
      await schedules.start();
    },
    addSteps(lifecycle) {
      lifecycle.add('schedules', () => schedules.close());
      addQueueStep(lifecycle, queue, config);
    },
  };
}

/** Time for the queue itself, beside that of the running job. */
const QUEUE_MILLISECONDS = 10_000;

/** Takes no new job, and gives the running one its time. */
export function addQueueStep(lifecycle: Lifecycle, queue: Store['queue'], { shutdownSeconds }: Pick<Config, 'shutdownSeconds'>): void {
  lifecycle.add('jobs', () => queue.close(shutdownSeconds * 1_000), shutdownSeconds * 1_000 + QUEUE_MILLISECONDS);
}
