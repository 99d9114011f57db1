export type JobType = 'retrain';
export type JobState = 'waiting' | 'active' | 'completed' | 'failed' | 'cancelled';

export interface JobProgress {
  /** What is being done, for example `reading`, `training second opinion`, `evaluating`, `promoting`. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export interface RetrainResult {
  readonly promoted: boolean;
  /** The champion after the job; 0 is the cold start. */
  readonly meta_version: number;
  readonly reason: string;
}

export interface Job {
  readonly id: string;
  readonly type: JobType;
  readonly model: string;
  readonly version: number;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  readonly result: RetrainResult | null;
  readonly error: string | null;
  /** What asked for it: `manual`, `ground_truths`, `unlabelled` (predictions alone), `schedule`, `drift`. */
  readonly trigger: string;
  /** The HTTP request that asked for it; goes along in the logs of the process that runs it. */
  readonly requestId: string | null;
  /** The span of that request, as `traceparent` has it; null where it was not traced. */
  readonly traceParent: string | null;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface NewJob {
  readonly type: JobType;
  readonly model: string;
  readonly version: number;
  readonly trigger: string;
  readonly requestId: string | null;
  readonly traceParent: string | null;
}

/** Of a job that no request asked for. */
export const UNASKED = { requestId: null, traceParent: null } as const satisfies Partial<NewJob>;

export interface JobContext {
  readonly signal: AbortSignal;
  progress(progress: JobProgress): void;
}

export type JobHandler = (job: Job, context: JobContext) => Promise<RetrainResult>;

export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  /** createdAt of the oldest waiting job. */
  readonly oldestWaiting: number | null;
}

export interface JobQuery {
  readonly model: string | null;
  /** At least 1. */
  readonly limit: number;
}

/**
 * The queue of retrainings. Laws:
 * 1. per (type, model, version) at most one job is active and at most one is waiting; `enqueue` with one waiting returns that one;
 * 2. a job enqueued while another of its model is active starts after that one has ended, so it sees all that was
 *    durable before the call;
 * 3. every job ends in exactly one of completed, failed, cancelled; an aborted handler ends as cancelled;
 * 4. a job that was active when its process died runs again from the start, in any process that has called `start`, at most
 *    `maxAttempts` times;
 * 5. `cancel` of a waiting job ends it at once; of an active one it aborts its signal and resolves when it has ended; of an ended
 *    one it throws JOB_NOT_CANCELLABLE;
 * 6. `close` takes no new job, gives the running one until the deadline, then puts it back to waiting;
 * 7. a job whose handler rejects with an error that says when to try again (`MetaErrError.retryAfterSeconds`) waits with growing pauses
 *    and runs again, at most `maxAttempts` times in all; any other rejection ends it as failed.
 * 8. `list` gives the jobs that have not ended before those that have, each part by `createdAt` from the newest, without one twice; of the ended
 *    ones at least the newest thousand are looked through.
 * Laws 1 to 5, 7 and 8 hold across all processes that have the store open. A store that cannot be reached now rejects with STORE_UNAVAILABLE.
 */
export interface JobQueue {
  enqueue(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | null>;
  /** At most so many jobs of a model (null: of any), those that have not ended first, then newest first. */
  list(query: JobQuery): Promise<readonly Job[]>;
  cancel(id: string): Promise<Job>;
  /** Begins to run jobs with this handler, in this process; one that only enqueues never calls it. */
  start(handler: JobHandler): Promise<void>;
  depth(): Promise<QueueDepth>;
  /** Resolves with the job when it has ended (at once when it has). */
  ended(id: string): Promise<Job>;
  /** Deletes jobs that ended before a time. */
  prune(endedBefore: number): Promise<number>;
  close(deadlineMilliseconds: number): Promise<void>;
}
