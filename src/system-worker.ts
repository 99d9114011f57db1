import { systemClock } from './core/clock.js';
import { Lifecycle } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import { createMetrics } from './core/metrics.js';
import type { WorkerServices } from './app-worker.js';
import type { WorkerConfig } from './config.js';
import { createNoFollower } from './jobs/champion-follower.js';
import { observeQueue } from './jobs/queue-metrics.js';
import { observeProcess } from './system-observe.js';
import { openRedisStore } from './system-redis.js';
import { createRefusal } from './system-refusal.js';
import { openTracing } from './system-tracing.js';
import { createTraining } from './system-training.js';

export interface WorkerSystem extends WorkerServices {
  /** Begins to run jobs and recurring work; resolves also while Redis is away: they then begin when it comes. */
  start(): Promise<void>;
  /** Says that it is closing. */
  refuse(): void;
  /** Closes everything in order, once. */
  close(): Promise<void>;
}

/** The composition root of the worker. It loads no base model: it trains from the profiles that the servers publish. */
export async function createWorkerSystem(config: WorkerConfig, logger: Logger): Promise<WorkerSystem> {
  const clock = systemClock;
  const metrics = createMetrics();
  const tracing = await openTracing(config.tracing, { clock, logger, metrics });
  const store = openRedisStore(config, 'worker', { clock, logger });
  const champions = createNoFollower(store.registry);
  const training = createTraining(config, { store, profiles: store.profiles, champions, beforeReading: () => Promise.resolve(), clock, metrics, tracing, logger });
  observeQueue({ queue: store.queue, metrics, clock, redis: true });

  const lifecycle = new Lifecycle(logger);
  training.addSteps(lifecycle);
  lifecycle.add('store', () => store.close());
  lifecycle.add('traces', () => tracing.close());
  observeProcess(metrics, lifecycle, { role: 'worker', mode: 'distributed' });

  const closing = createRefusal('The worker is shutting down.');
  let consuming = false;
  return {
    metrics,
    missing: () => [...store.missing(), ...(consuming ? [] : ['the consumer of jobs does not run'])],
    refusal: closing.refusal,
    async start() {
      await store.check();
      if (closing.refusal() !== null) return;
      await training.start();
      consuming = true;
    },
    refuse: closing.refuse,
    close: () => lifecycle.close(),
  };
}
