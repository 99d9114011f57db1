import type { JobQueue, NewJob } from '../../src/jobs/queue.js';
import type { ManualClock } from '../support/jobs-clock.js';

/** A store of jobs, and queues on it. */
export interface JobQueueHarness {
  readonly clock: ManualClock;
  /** A queue on the store; several calls share it, one of them lives at a time. */
  open(options?: { readonly maxAttempts?: number }): JobQueue;
  /** The queue's process dies as by SIGKILL: nothing that it does later reaches the store. */
  kill(queue: JobQueue): Promise<void>;
  dispose(): Promise<void>;
}

export type HarnessFactory = () => Promise<JobQueueHarness>;

export function newJob(model: string, version = 1, trigger = 'manual'): NewJob {
  return { type: 'retrain', model, version, trigger, requestId: null };
}
