import type { Test } from 'tap';
import type { Job, JobQueue, NewJob } from '../../src/jobs/queue.js';
import type { ManualClock } from '../support/manual-clock.js';

/** A store of jobs, and queues on it. */
export interface JobQueueHarness {
  /** Decides deadlines and pauses of the queues; what the store stamps by itself has its own time. */
  readonly clock: ManualClock;
  /** The time of the store; times of jobs lie between two of these. */
  now(): number;
  /** Lets the time of the store move on (by how much is the store's affair). */
  pass(): Promise<void>;
  /** Lets the pause of a failed job's attempt of this number pass, 1 the first. */
  passRetryPause(attempt: number): Promise<void>;
  /** A queue on the store; several calls share it. */
  open(options?: { readonly maxAttempts?: number }): Promise<JobQueue>;
  /** The queue's process dies as by SIGKILL: nothing that it does later reaches the store. */
  kill(queue: JobQueue): Promise<void>;
  dispose(): Promise<void>;
}

export type HarnessFactory = () => Promise<JobQueueHarness>;

export interface SuiteOptions {
  /** Runs of the test of random histories. */
  readonly histories: number;
}

export function newJob(model: string, version = 1, trigger = 'manual', requestId: string | null = null): NewJob {
  return { type: 'retrain', model, version, trigger, requestId, traceParent: requestId === null ? null : `trace of ${requestId}` };
}

/** A time that was stamped since `from` by the harness's store. */
export function stamped(t: Test, harness: JobQueueHarness, time: number | null, from: number, message: string): void {
  t.ok(time !== null && from <= time && time <= harness.now(), `${message}: ${time} is in ${from} to ${harness.now()}`);
}

/** The job once it is as expected; bounded by the time of the test. */
export async function jobWhen(queue: JobQueue, id: string, expected: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await queue.get(id);
    if (job !== null && expected(job)) return job;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
