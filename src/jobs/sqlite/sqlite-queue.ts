import type { Clock } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import { ulidFactory } from '../../core/ids.js';
import type { Logger } from '../../core/logger.js';
import type { Remote } from '../../ledger/sqlite/rpc.js';
import { JobCancelled } from '../abort.js';
import { EndedWaiters, hasEnded } from '../ended-waiters.js';
import type { Job, JobHandler, JobQuery, JobQueue, NewJob, QueueDepth } from '../queue.js';
import type { JobTable } from './job-table.js';
import { JobRunner } from './job-runner.js';

export interface SqliteQueueOptions {
  readonly table: Remote<JobTable>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Times that a job is begun at most, where the process dies while it runs or it fails and can be tried again. */
  readonly maxAttempts: number;
  /** Jobs that run at the same time, of different models. */
  readonly concurrency?: number;
}

/** The queue of a single process: jobs in the table `jobs`, run here. */
export function createSqliteJobQueue(options: SqliteQueueOptions): JobQueue {
  return new SqliteJobQueue(options);
}

class SqliteJobQueue implements JobQueue {
  readonly #table: Remote<JobTable>;
  readonly #clock: Clock;
  readonly #runner: JobRunner;
  readonly #waiters = new EndedWaiters();
  readonly #nextId = ulidFactory('job');

  constructor(options: SqliteQueueOptions) {
    this.#table = options.table;
    this.#clock = options.clock;
    this.#runner = new JobRunner({ concurrency: 1, ...options }, (job) => this.#waiters.notify(job));
  }

  async enqueue(job: NewJob): Promise<Job> {
    if (this.#runner.closing) throw shuttingDown();
    const now = this.#clock.now();
    const waiting = await this.#table.enqueue(this.#nextId(now), job, now);
    this.#runner.wake();
    return waiting;
  }

  async get(id: string): Promise<Job | null> {
    const job = await this.#table.get(id);
    return job === null ? null : this.#runner.withProgress(job);
  }

  async list({ model, limit }: JobQuery): Promise<readonly Job[]> {
    return (await this.#table.list(model, limit)).map((job) => this.#runner.withProgress(job));
  }

  async cancel(id: string): Promise<Job> {
    if (this.#runner.abort(id, new JobCancelled())) return this.ended(id);
    const cancelled = await this.#table.cancelWaiting(id, this.#clock.now());
    if (cancelled !== null) return this.#end(cancelled);
    await this.#runner.settled();
    if (this.#runner.abort(id, new JobCancelled())) return this.ended(id);
    return this.#end(await this.#cancelUnowned(id));
  }

  start(handler: JobHandler): Promise<void> {
    return this.#runner.start(handler);
  }

  depth(): Promise<QueueDepth> {
    return this.#table.depth();
  }

  ended(id: string): Promise<Job> {
    if (this.#runner.closed) return Promise.reject(shuttingDown());
    return this.#waiters.wait(id, () => this.#known(id));
  }

  prune(endedBefore: number): Promise<number> {
    return this.#table.prune(endedBefore);
  }

  async close(deadlineMilliseconds: number): Promise<void> {
    await this.#runner.close(deadlineMilliseconds);
    this.#waiters.rejectAll(shuttingDown());
  }

  #end(job: Job): Job {
    this.#waiters.notify(job);
    return job;
  }

  async #known(id: string): Promise<Job> {
    const job = await this.get(id);
    if (job === null) throw new MetaErrError('JOB_NOT_FOUND', `there is no job '${id}'`);
    return job;
  }

  /** A job that is active in the table and runs nowhere: its process died, or it waits to be tried again before one that waits. */
  async #cancelUnowned(id: string): Promise<Job> {
    const job = await this.#known(id);
    const end = { state: 'cancelled', result: null, error: null, progress: job.progress } as const;
    const cancelled = hasEnded(job) ? null : await this.#table.finish(id, end, this.#clock.now());
    if (cancelled === null) throw new MetaErrError('JOB_NOT_CANCELLABLE', `job '${id}' has ended as ${job.state}`);
    // One that waits behind it may run now.
    this.#runner.wake();
    return cancelled;
  }
}

function shuttingDown(): MetaErrError {
  return new MetaErrError('SHUTTING_DOWN', 'the job queue is closed');
}
