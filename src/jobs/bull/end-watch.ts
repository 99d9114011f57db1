import { QueueEvents } from 'bullmq';
import type { Clock, Timer } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import type { RedisConnection } from '../../ledger/redis/connection.js';
import { EndedWaiters, hasEnded } from '../ended-waiters.js';
import type { Job } from '../queue.js';
import { bullPrefix, QUEUE_NAME } from './open-queue.js';

export interface EndWatchOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly lookMilliseconds: number;
  readonly find: (id: string) => Promise<Job | null>;
  readonly onError: (error: Error) => void;
}

/**
 * Those who wait for the ends of jobs, wherever these run. The events of BullMQ tell it at once; as one may be missed (a lost
 * connection, a trimmed stream), the jobs are also looked up every few seconds while somebody waits.
 */
export class EndWatch {
  readonly #options: EndWatchOptions;
  readonly #waiters = new EndedWaiters();
  #events: QueueEvents | null = null;
  #connection: RedisConnection | null = null;
  #timer: Timer | null = null;
  #closed = false;

  constructor(options: EndWatchOptions) {
    this.#options = options;
  }

  /** Resolves with the job when it has ended; rejects with JOB_NOT_FOUND, STORE_UNAVAILABLE at the first look, or SHUTTING_DOWN. */
  wait(id: string): Promise<Job> {
    if (this.#closed) return Promise.reject(shuttingDown());
    this.#events ??= this.#listen();
    const ended = this.#waiters.wait(id, () => this.#known(id));
    this.#timer ??= this.#later();
    return ended;
  }

  /** A job may have ended: who waits for it is told. */
  async look(id: string): Promise<void> {
    if (!this.#waiters.has(id)) return;
    try {
      const job = await this.#known(id);
      if (hasEnded(job)) this.#waiters.notify(job);
    } catch (error) {
      if (error instanceof MetaErrError && error.code === 'JOB_NOT_FOUND') this.#waiters.reject(id, error);
      // Else Redis is away: the next look tells.
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    // The last job may have ended just now: who waits for it is told so.
    await Promise.all(this.#waiters.ids.map((id) => this.look(id)));
    this.#waiters.rejectAll(shuttingDown());
    // Stops the reading of events. Its end is not waited for: without a connection it never comes.
    void this.#events?.close().catch(() => undefined);
    this.#connection?.disconnect();
  }

  async #known(id: string): Promise<Job> {
    const job = await this.#options.find(id);
    if (job === null) throw new MetaErrError('JOB_NOT_FOUND', `there is no job '${id}'`);
    return job;
  }

  #later(): Timer {
    return this.#options.clock.after(this.#options.lookMilliseconds, () => {
      void Promise.all(this.#waiters.ids.map((id) => this.look(id))).then(() => {
        this.#timer = this.#closed || this.#waiters.ids.length === 0 ? null : this.#later();
      });
    });
  }

  #listen(): QueueEvents {
    const { client, onError } = this.#options;
    const connection = client.connect('blocking');
    // BullMQ would read on a copy that only it could end.
    Object.assign(connection, { duplicate: () => connection });
    const events = new QueueEvents(QUEUE_NAME, { connection, prefix: bullPrefix(client), skipVersionCheck: true });
    this.#connection = connection;
    events.on('error', onError);
    const look = ({ jobId }: { jobId: string }) => void this.look(jobId);
    events.on('completed', look);
    events.on('failed', look);
    return events;
  }
}

export function shuttingDown(): MetaErrError {
  return new MetaErrError('SHUTTING_DOWN', 'the job queue is closed');
}
