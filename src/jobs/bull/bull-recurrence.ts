import { Queue, WaitingError, Worker, type Job, type JobSchedulerJson } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import { endsInTime } from '../../core/in-time.js';
import type { Logger } from '../../core/logger.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import type { RedisConnection } from '../../ledger/redis/connection.js';
import { isAstray, sameTimes, type Recurrence, type RecurringWork } from '../recurrence.js';
import { redisTime } from '../redis/redis-time.js';
import { bullPrefix } from './open-queue.js';
import { quietErrors } from './quiet-errors.js';

const QUEUE = 'recurring';
/** Works that one process runs at the same time: far more than take long, since one that waits here is late. */
const CONCURRENCY = 16;
/** A time so shortly before the start of a process is not over: another process may be about to take it. */
const GRACE_MILLISECONDS = 1_000;
/** Longest time that a step of `close` waits for Redis. */
const CLOSE_MILLISECONDS = 2_000;
/** A job that could not be looked at, because Redis went away just then, is begun again, at most so many times. */
const ATTEMPTS = { attempts: 10, backoff: { type: 'fixed', delay: 1_000 } } as const;
/** How long a process that died is believed to run its work. */
const LOCK_MILLISECONDS = 15_000;
const KEPT_EVENTS = 100;

export interface BullRecurrenceOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A run whose process does not renew its lock for so long is taken over by another process. */
  readonly lockMilliseconds?: number;
}

/**
 * The recurrence of all processes on one Redis: job schedulers of BullMQ, on a queue of their own. BullMQ makes the job of the next time
 * when that of a time begins, so a time without a worker is one job that waits; what the laws leave out is left out when a job begins.
 */
export function createBullRecurrence(options: BullRecurrenceOptions): Recurrence {
  return new BullRecurrence(options);
}

class BullRecurrence implements Recurrence {
  readonly #options: BullRecurrenceOptions;
  readonly #onError: (error: Error) => void;
  readonly #queue: Queue;
  readonly #running = new Set<Promise<void>>();
  #worker: Worker | null = null;
  #connection: RedisConnection | null = null;
  /** Of the wall clock of this host, and of its monotonic clock. */
  #started = { wall: 0, monotonic: 0 };
  #closing: Promise<void> | null = null;

  constructor(options: BullRecurrenceOptions) {
    const { client, clock, logger } = options;
    this.#options = options;
    this.#onError = quietErrors(clock, logger);
    this.#queue = new Queue(QUEUE, {
      connection: client.commands,
      prefix: bullPrefix(client),
      // It fails at once while Redis is away. A check of the version that fails would make it unusable for good.
      skipWaitingForReady: true,
      skipVersionCheck: true,
      streams: { events: { maxLen: KEPT_EVENTS } },
    });
    this.#queue.on('error', this.#onError);
  }

  async set(work: readonly RecurringWork[]): Promise<void> {
    const { client, clock } = this.#options;
    await client.attempt('STORE_UNAVAILABLE', async () => {
      const present = new Map((await this.#queue.getJobSchedulers(0, -1, true)).map((scheduler) => [scheduler.key, scheduler]));
      const wanted = new Map(work.map((each) => [each.id, each]));
      for (const id of present.keys()) if (!wanted.has(id)) await this.#queue.removeJobScheduler(id);
      for (const each of wanted.values()) {
        const scheduler = present.get(each.id);
        if (scheduler !== undefined && isSame(each, scheduler)) {
          if (!isAstray(each.when, scheduler.next ?? 0, clock.now())) continue;
          // BullMQ keeps the next time of what is unchanged.
          await this.#queue.removeJobScheduler(each.id);
        }
        await this.#upsert(each);
      }
    });
  }

  async start(run: (id: string) => Promise<void>): Promise<void> {
    const { client, clock, logger, lockMilliseconds = LOCK_MILLISECONDS } = this.#options;
    if (this.#closing !== null) return;
    this.#started = { wall: clock.now(), monotonic: clock.monotonic() };
    this.#connection = client.connect('blocking');
    this.#worker = new Worker(QUEUE, (job, token) => this.#perform(job, token, run), {
      connection: this.#connection,
      prefix: bullPrefix(client),
      concurrency: CONCURRENCY,
      lockDuration: lockMilliseconds,
      stalledInterval: lockMilliseconds,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1_000,
    });
    this.#worker.on('error', this.#onError);
    this.#worker.on('failed', (job, error) => {
      if (job?.finishedOn !== undefined) logger.error({ err: messageOf(error), work: job.name }, 'recurring work was left out');
    });
    this.#worker.on('stalled', (id) => logger.warn({ work: workOf(id).work }, 'recurring work begins again: its process is gone'));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #upsert({ id, when }: RecurringWork): Promise<void> {
    const times = 'cron' in when ? { pattern: when.cron, tz: 'UTC' } : { every: when.everyMilliseconds, startDate: this.#options.clock.now() + when.everyMilliseconds };
    await this.#queue.upsertJobScheduler(id, times, { name: id, opts: { removeOnComplete: true, removeOnFail: true, ...ATTEMPTS } });
  }

  /** One job of a scheduler: runs its work, or leaves this time out. */
  async #perform(job: Job, token: string | undefined, run: (id: string) => Promise<void>): Promise<void> {
    if (this.#closing !== null) {
      // Another process takes it.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (await this.#isLeftOut(job)) return;
    const running = run(job.name).catch((error: unknown) => {
      this.#options.logger.error({ err: messageOf(error), work: job.name }, 'recurring work failed');
    });
    this.#running.add(running);
    await running;
    this.#running.delete(running);
  }

  async #isLeftOut(job: Job): Promise<boolean> {
    const id = job.id ?? '';
    const { work, time } = workOf(id);
    if (job.stalledCounter === 0 && (await this.#isMissed(time))) return true;
    // Newest first, in the order in which they began.
    const active = await this.#queue.getRanges(['active'], 0, -1);
    const before = active.slice(active.indexOf(id) + 1);
    if (before.some((other) => workOf(other).work === work)) return true;
    return (await this.#queue.getJobScheduler(work)) === undefined;
  }

  /** Whether a time was over when this process started, also by the clock of Redis: that of this host may be ahead of those of the others. */
  async #isMissed(time: number): Promise<boolean> {
    const { wall, monotonic } = this.#started;
    if (time >= wall - GRACE_MILLISECONDS) return false;
    const { client, clock } = this.#options;
    return time < (await redisTime(client)) - (clock.monotonic() - monotonic) - GRACE_MILLISECONDS;
  }

  /** Without Redis nothing is waited for: BullMQ's own commands would wait for its return. */
  async #close(): Promise<void> {
    const { client } = this.#options;
    const worker = this.#worker;
    if (worker !== null) {
      await worker.pause(true);
      await Promise.all(this.#running);
      // One that hangs: BullMQ would connect again and wait for an answer.
      if (!(await this.#inTime(worker.close(!client.connected)))) await this.#inTime(worker.getBackend().close(true));
      this.#connection?.disconnect();
    }
    await this.#inTime(this.#queue.close());
  }

  /** Whether `action` ended within the longest time that a step of `close` waits. */
  #inTime(action: Promise<void>): Promise<boolean> {
    return endsInTime(action.catch(this.#onError), this.#options.clock, CLOSE_MILLISECONDS);
  }
}

function isSame({ when }: RecurringWork, { pattern, every }: JobSchedulerJson): boolean {
  if (pattern !== undefined) return sameTimes(when, { cron: pattern });
  return every !== undefined && sameTimes(when, { everyMilliseconds: every });
}

/** BullMQ calls the job of a time `repeat:<scheduler>:<milliseconds>`. */
function workOf(jobId: string): { readonly work: string; readonly time: number } {
  const [, work = '', time = ''] = jobId.split(':');
  return { work, time: Number(time) };
}
