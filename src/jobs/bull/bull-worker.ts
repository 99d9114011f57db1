import { Worker, type Job as BullJob } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { messageOf } from '../../core/errors.js';
import { endsInTime } from '../../core/in-time.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import { JobInterrupted } from '../abort.js';
import type { JobHandler, JobProgress } from '../queue.js';
import type { BullStore } from './bull-store.js';
import type { JobData, JobEnd } from './job-data.js';
import { bullPrefix, QUEUE_NAME } from './open-queue.js';
import { LockKeeper } from './lock-keeper.js';
import { FailedForNow, processJob } from './process-job.js';
import { quietErrors } from './quiet-errors.js';
import { RunningJob } from './running-job.js';
import type { BullTiming } from './timing.js';

/** Time that a handler has to stop after its signal was aborted by `close`, and BullMQ to end what it does. */
const GRACE_MILLISECONDS = 5_000;
/** Attempts are counted here (deaths and failures together), so BullMQ never gives a job up for its deaths. */
const ENDLESS_DEATHS = 1_000_000;

export interface BullWorkerOptions {
  readonly client: RedisClient;
  readonly store: BullStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxAttempts: number;
  readonly concurrency: number;
  readonly timing: BullTiming;
  /** A job that ran here has ended, and that is stored. */
  readonly onEnd: (id: string) => void;
}

/** Takes jobs from BullMQ and runs them in this process. Redis may come and go: it waits for it, and goes on by itself. */
export class BullWorker {
  readonly #options: BullWorkerOptions;
  readonly #worker: Worker<JobData, JobEnd>;
  readonly #running = new Set<RunningJob>();
  readonly #locks: LockKeeper;
  readonly #renew: () => void;
  readonly #disconnect: () => void;
  readonly #onError: (error: Error) => void;
  #closing: Promise<void> | null = null;

  constructor(options: BullWorkerOptions, handler: JobHandler) {
    this.#options = options;
    this.#onError = quietErrors(options.clock, options.logger);
    this.#locks = new LockKeeper({ store: options.store, lockMilliseconds: options.timing.lock, logger: options.logger, runs: () => this.#running });
    const connection = options.client.connect('blocking');
    this.#disconnect = () => connection.disconnect();
    this.#worker = new Worker<JobData, JobEnd>(QUEUE_NAME, (job, token = '') => this.#process(handler, job, token), {
      connection,
      prefix: bullPrefix(options.client),
      concurrency: options.concurrency,
      lockDuration: options.timing.lock,
      stalledInterval: options.timing.stalled,
      maxStalledCount: ENDLESS_DEATHS,
      runRetryDelay: 1_000,
      skipLockRenewal: true,
      // A check that fails would make the worker unusable for good; the client has checked the version.
      skipVersionCheck: true,
      settings: { backoffStrategy: (_attempts, _type, error) => (error instanceof FailedForNow ? error.pauseMilliseconds : options.timing.retry) },
    });
    this.#worker.on('error', this.#onError);
    this.#worker.on('completed', ({ id }) => options.onEnd(id ?? ''));
    this.#worker.on('failed', (job) => options.onEnd(job?.id ?? ''));
    // While Redis was away the locks may have run out; the sooner they are back, the less is begun twice.
    this.#renew = () => this.#locks.renew();
    options.client.commands.on('ready', this.#renew);
  }

  /** The progress of a job that runs here, which may not be stored yet. */
  progressOf(id: string): JobProgress | null {
    return this.#runsOf(id).at(-1)?.progress ?? null;
  }

  /** Aborts a job that runs here. */
  abort(id: string, reason: Error): void {
    for (const running of this.#runsOf(id)) running.abort(reason);
  }

  /** Begins no further job; gives the running ones until the deadline, then a short time to stop, and puts them back. */
  close(deadlineMilliseconds: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMilliseconds);
    return this.#closing;
  }

  async #process(handler: JobHandler, job: BullJob<JobData, JobEnd>, token: string): Promise<JobEnd> {
    const running = new RunningJob(job, token, this.#options.clock, (error) => {
      this.#options.logger.debug({ err: messageOf(error), job: job.id }, 'progress could not be stored');
    });
    const before = this.#runsOf(running.id);
    this.#running.add(running);
    try {
      // This process had lost the job and took it again itself: one handler at a time.
      for (const lost of before) lost.abort(new JobInterrupted('it was taken for lost'));
      await Promise.all(before.map((lost) => lost.done));
      return await processJob(running, { ...this.#options, handler, onError: this.#onError, closing: () => this.#closing !== null });
    } finally {
      this.#running.delete(running);
      running.end();
    }
  }

  #runsOf(id: string): RunningJob[] {
    return [...this.#running].filter((running) => running.id === id);
  }

  async #close(deadlineMilliseconds: number): Promise<void> {
    await this.#worker.pause(true);
    if (!(await this.#drained(deadlineMilliseconds))) {
      for (const running of this.#running) running.abort(new JobInterrupted());
      if (!(await this.#drained(GRACE_MILLISECONDS))) for (const running of this.#running) running.abandon();
    }
    // BullMQ records the ends of these jobs before it closes. While Redis is away that would last for ever, and the jobs run again elsewhere.
    const closed = this.#worker.close(!this.#options.client.connected).catch(this.#onError);
    if (!(await endsInTime(closed, this.#options.clock, GRACE_MILLISECONDS))) void this.#worker.getBackend().close(true).catch(this.#onError);
    this.#disconnect();
    this.#options.client.commands.off('ready', this.#renew);
    await this.#locks.close();
  }

  #drained(milliseconds: number): Promise<boolean> {
    return endsInTime(Promise.all([...this.#running].map((running) => running.done)), this.#options.clock, milliseconds);
  }
}
