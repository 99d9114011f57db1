import type { Clock } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import { JobCancelled } from '../abort.js';
import { hasEnded } from '../ended-waiters.js';
import type { Job, JobHandler, JobQuery, JobQueue, NewJob, QueueDepth } from '../queue.js';
import { BullStore } from './bull-store.js';
import { BullWorker } from './bull-worker.js';
import { CancelChannel } from './cancel-channel.js';
import { EndWatch, shuttingDown } from './end-watch.js';
import { quietErrors } from './quiet-errors.js';
import { DEFAULT_TIMING, type BullTiming } from './timing.js';

export interface BullQueueOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Times that a job is begun at most, where its worker dies or it fails and can be tried again. */
  readonly maxAttempts: number;
  /** Jobs that run at the same time in this process, of different models. */
  readonly concurrency: number;
  readonly timing?: Partial<BullTiming>;
}

/** The queue of many processes: jobs in BullMQ, run by every process that calls `start`. */
export function createBullJobQueue(options: BullQueueOptions): JobQueue {
  return new BullJobQueue(options);
}

class BullJobQueue implements JobQueue {
  readonly #options: BullQueueOptions;
  readonly #timing: BullTiming;
  readonly #store: BullStore;
  readonly #cancellations: CancelChannel;
  readonly #ends: EndWatch;
  #worker: BullWorker | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: BullQueueOptions) {
    const { client, clock, logger } = options;
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#store = new BullStore(client);
    this.#cancellations = new CancelChannel(client, logger);
    this.#ends = new EndWatch({ client, clock, lookMilliseconds: this.#timing.look, find: (id) => this.#store.find(id), onError: quietErrors(clock, logger) });
  }

  async enqueue(job: NewJob): Promise<Job> {
    if (this.#closing !== null) throw shuttingDown();
    return this.#store.enqueue(job, this.#options.clock.now());
  }

  async get(id: string): Promise<Job | null> {
    const job = await this.#store.find(id);
    return job === null ? null : this.#withProgress(job);
  }

  async list(query: JobQuery): Promise<readonly Job[]> {
    return (await this.#store.list(query)).map((job) => this.#withProgress(job));
  }

  async cancel(id: string): Promise<Job> {
    let ended: Promise<Job> | null = null;
    for (;;) {
      const outcome = await this.#store.cancel(id);
      if (outcome === 'cancelled') return this.#told(id);
      if (outcome !== 'running' && ended === null) throw await this.#notCancellable(id);
      ended ??= this.#watched(id);
      this.#worker?.abort(id, new JobCancelled());
      await this.#cancellations.send(id);
      const job = await this.#within(this.#timing.look, ended);
      if (job !== null) return job;
    }
  }

  async start(handler: JobHandler): Promise<void> {
    if (this.#worker !== null || this.#closing !== null) throw shuttingDown();
    const { concurrency, maxAttempts, client, clock, logger } = this.#options;
    const onEnd = (id: string) => void this.#ends.look(id);
    const worker = new BullWorker({ client, store: this.#store, clock, logger, maxAttempts, concurrency, timing: this.#timing, onEnd }, handler);
    this.#cancellations.listen((id) => worker.abort(id, new JobCancelled()));
    this.#worker = worker;
  }

  depth(): Promise<QueueDepth> {
    return this.#store.depth();
  }

  ended(id: string): Promise<Job> {
    return this.#ends.wait(id);
  }

  prune(endedBefore: number): Promise<number> {
    return this.#store.prune(endedBefore);
  }

  close(deadlineMilliseconds: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMilliseconds);
    return this.#closing;
  }

  async #close(deadlineMilliseconds: number): Promise<void> {
    await this.#worker?.close(deadlineMilliseconds);
    this.#cancellations.close();
    await this.#ends.close();
    await this.#store.close();
  }

  /** What a worker of this process knows is newer than what it has written. */
  #withProgress(job: Job): Job {
    const progress = job.state === 'active' ? this.#worker?.progressOf(job.id) : null;
    return progress == null ? job : { ...job, progress };
  }

  /** The job that was just cancelled; those who wait for it here are told. */
  async #told(id: string): Promise<Job> {
    await this.#ends.look(id);
    const job = await this.#store.find(id);
    if (job === null) throw await this.#notCancellable(id);
    return job;
  }

  #watched(id: string): Promise<Job> {
    const ended = this.#ends.wait(id);
    // Nobody may look at it any more when it rejects.
    ended.catch(() => undefined);
    return ended;
  }

  /** The job when it ends in this time, else null: then it is time to look after its worker again. */
  #within(milliseconds: number, ended: Promise<Job>): Promise<Job | null> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(milliseconds, () => resolve(null));
      ended.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  async #notCancellable(id: string): Promise<MetaErrError> {
    const job = await this.#store.find(id);
    if (job === null || !hasEnded(job)) return new MetaErrError('JOB_NOT_FOUND', `there is no job '${id}'`);
    return new MetaErrError('JOB_NOT_CANCELLABLE', `job '${id}' has ended as ${job.state}`);
  }
}
