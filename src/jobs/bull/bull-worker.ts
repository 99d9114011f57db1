import { Worker, type Job as BullJob } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { messageOf } from '../../core/errors.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import { JobInterrupted } from '../abort.js';
import type { JobHandler, JobProgress } from '../queue.js';
import type { BullStore } from './bull-store.js';
import type { JobData, JobEnd } from './job-data.js';
import { bullPrefix, QUEUE_NAME } from './open-queue.js';
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
  readonly #running = new Map<string, RunningJob>();
  readonly #disconnect: () => void;
  readonly #onError: (error: Error) => void;
  #closing: Promise<void> | null = null;

  constructor(options: BullWorkerOptions, handler: JobHandler) {
    this.#options = options;
    this.#onError = quietErrors(options.clock, options.logger);
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
      settings: { backoffStrategy: (_attempts, _type, error) => (error instanceof FailedForNow ? error.pauseMilliseconds : 0) },
    });
    this.#worker.on('error', this.#onError);
    this.#worker.on('completed', ({ id }) => options.onEnd(id ?? ''));
    this.#worker.on('failed', (job) => options.onEnd(job?.id ?? ''));
    this.#worker.on('lockRenewalFailed', (ids) => void this.#holdAgain(ids));
    // While Redis was away the locks may have run out; the sooner they are back, the less is begun twice.
    connection.on('ready', () => void this.#holdAgain([...this.#running.keys()]));
  }

  /** The progress of a job that runs here, which may not be stored yet. */
  progressOf(id: string): JobProgress | null {
    return this.#running.get(id)?.progress ?? null;
  }

  /** Aborts a job that runs here. */
  abort(id: string, reason: Error): void {
    this.#running.get(id)?.abort(reason);
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
    this.#running.set(running.id, running);
    try {
      return await processJob(running, { ...this.#options, handler, closing: () => this.#closing !== null });
    } finally {
      if (this.#running.get(running.id) === running) this.#running.delete(running.id);
      running.end();
    }
  }

  /** Takes the locks of running jobs again; a job that another worker has by now is interrupted here. */
  async #holdAgain(ids: readonly string[]): Promise<void> {
    const { store, timing, logger } = this.#options;
    for (const running of ids.flatMap((id) => this.#running.get(id) ?? [])) {
      try {
        if (await store.hold(running.id, running.token, timing.lock)) continue;
        logger.warn({ job: running.id }, 'job was taken over by another worker, for this one was not heard of for too long');
        running.abort(new JobInterrupted('another worker has taken it over'));
      } catch {
        // Redis went away again; the next connection, or the next renewal, comes back here.
      }
    }
  }

  async #close(deadlineMilliseconds: number): Promise<void> {
    await this.#worker.pause(true);
    if (!(await this.#drained(deadlineMilliseconds))) {
      for (const running of this.#running.values()) running.abort(new JobInterrupted());
      if (!(await this.#drained(GRACE_MILLISECONDS))) for (const running of this.#running.values()) running.abandon();
    }
    // BullMQ records the ends of these jobs before it closes. While Redis is away that would last for ever, and the jobs run again elsewhere.
    const closed = this.#worker.close(!this.#options.client.connected).catch(this.#onError);
    if (!(await this.#within(GRACE_MILLISECONDS, closed))) await this.#worker.getBackend().close(true);
    this.#disconnect();
  }

  #drained(milliseconds: number): Promise<boolean> {
    return this.#within(milliseconds, Promise.all([...this.#running.values()].map((running) => running.done)));
  }

  /** Whether it came to its end within the time. */
  #within(milliseconds: number, end: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(milliseconds, () => resolve(false));
      void end.then(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }
}
