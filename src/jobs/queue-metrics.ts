import type { Clock } from '../core/clock.js';
import { inTime } from '../core/in-time.js';
import type { Metrics } from '../core/metrics.js';
import type { JobQueue } from './queue.js';

/** Longest time that a scrape waits for the store; Prometheus itself gives up after ten seconds. */
const MOST_MILLISECONDS = 1_000;

export interface QueueMetricsOptions {
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly metrics: Pick<Metrics, 'beforeScrape' | 'queuedJobs' | 'oldestWaitingJob' | 'redisUp'>;
  readonly clock: Clock;
  /** Whether the queue is in Redis. */
  readonly redis: boolean;
}

/**
 * Shows the depth of the queue at each scrape. A depth that is not known has no series: a number would be wrong in every sum and
 * every alert, and an autoscaler leaves things as they are.
 */
export function observeQueue({ queue, metrics, clock, redis }: QueueMetricsOptions): void {
  metrics.beforeScrape(async () => {
    const depth = await inTime(queue.depth(), clock, MOST_MILLISECONDS);
    if (redis) metrics.redisUp.set(depth === null ? 0 : 1);
    if (depth === null) {
      metrics.queuedJobs.reset();
      metrics.oldestWaitingJob.remove();
      return;
    }
    metrics.queuedJobs.set({ state: 'waiting' }, depth.waiting);
    metrics.queuedJobs.set({ state: 'active' }, depth.active);
    // The clock of the process that enqueued it may be ahead.
    metrics.oldestWaitingJob.set(depth.oldestWaiting === null ? 0 : Math.max(0, (clock.now() - depth.oldestWaiting) / 1_000));
  });
}
