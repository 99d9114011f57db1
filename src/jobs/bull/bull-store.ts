import { randomUUID } from 'node:crypto';
import { Job as BullJob, type Queue } from 'bullmq';
import { MetaErrError } from '../../core/errors.js';
import type { RedisArgument, RedisClient, RedisScript } from '../../ledger/redis/client.js';
import { FIRST_PAUSE_MILLISECONDS } from '../retry-pause.js';
import type { Job, JobQuery, NewJob, QueueDepth } from '../queue.js';
import { jobOfFound, type FoundJob, type JobData, type JobEnd } from './job-data.js';
import { jobIdFactory, lineOf, lineOfId } from './job-id.js';
import { openBullQueue, QUEUE_NAME, queueBase } from './open-queue.js';
import { BEGIN, CANCEL, DEPTH, FIND, FOLLOW, HOLD, LIST } from './scripts.js';

/** The worker decides how often a job is tried, for deaths count too; BullMQ's own limit must not be the smaller one. */
const ENDLESS_ATTEMPTS = 1_000_000;
/** Time to end a job that was taken out of the queue for that. */
const END_MILLISECONDS = 10_000;
const PRUNE_PAGE = 1_000;
/** Each turn means that somebody else moved the job in between. */
const MOST_TURNS = 50;

const SCRIPTS = { find: FIND, follow: FOLLOW, hold: HOLD, cancel: CANCEL, begin: BEGIN, depth: DEPTH, list: LIST } as const;
type ScriptName = keyof typeof SCRIPTS;

/** What became of the wish to cancel. */
export type Cancelling = 'unknown' | 'ended' | 'running' | 'cancelled';

/** Whether a worker still has its job, and is to go on with it; see the script. */
export type Holding = 'held' | 'cancelled' | 'lost';

/** The jobs in Redis: every method is a script or a call of BullMQ, and rejects with STORE_UNAVAILABLE while Redis cannot be used. */
export class BullStore {
  readonly queue: Queue<JobData, JobEnd>;
  readonly #client: RedisClient;
  readonly #nextId = jobIdFactory();
  readonly #scripts: Readonly<Record<ScriptName, RedisScript>>;
  readonly #keys: readonly string[];

  constructor(client: RedisClient) {
    this.#client = client;
    this.#keys = [queueBase(client)];
    this.queue = openBullQueue(client);
    const script = (name: ScriptName) => client.script(SCRIPTS[name]);
    this.#scripts = { find: script('find'), follow: script('follow'), hold: script('hold'), cancel: script('cancel'), begin: script('begin'), depth: script('depth'), list: script('list') };
  }

  /** The waiting job of this type, model and version, or a new one. */
  enqueue(job: NewJob, now: number): Promise<Job> {
    const line = lineOf(job);
    const id = this.#nextId(now, line);
    const data: JobData = { type: job.type, model: job.model, version: job.version, trigger: job.trigger, requestId: job.requestId, traceParent: job.traceParent, createdAt: now };
    return this.#attempt(async () => {
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        const waiting = (await this.#run('follow', line, id, JSON.stringify(data), now)) as Buffer | null;
        const found = await this.#find(waiting === null ? await this.#add(id, line, data) : waiting.toString());
        if (found !== null) return found;
      }
      throw new MetaErrError('STORE_UNAVAILABLE', `job of model '${job.model}' could not be enqueued: others move it all the time`, { retryAfterSeconds: 1 });
    });
  }

  find(id: string): Promise<Job | null> {
    return this.#attempt(() => this.#find(id));
  }

  /** Ids are sortable by the time of their making. */
  list({ model, limit }: JobQuery): Promise<readonly Job[]> {
    return this.#attempt(async () => {
      const [open, ended] = (await this.#run('list', model ?? '')) as [Buffer[], Buffer[]];
      const newestFirst = (ids: readonly Buffer[]) => [...new Set(ids.map(String))].sort().reverse();
      const ids = [...new Set([...newestFirst(open), ...newestFirst(ended)])].slice(0, limit);
      const jobs = await Promise.all(ids.map((id) => this.#find(id)));
      return jobs.filter((job) => job !== null);
    });
  }

  depth(): Promise<QueueDepth> {
    return this.#attempt(async () => {
      const [waiting, active, oldest] = (await this.#run('depth')) as [number, number, Buffer | null];
      return { waiting, active, oldestWaiting: oldest === null ? null : Number(oldest) };
    });
  }

  /** Cancels a job that no worker runs; one that runs is marked, so that it is not begun again. */
  cancel(id: string): Promise<Cancelling> {
    const line = lineOfId(id);
    if (line === null) return Promise.resolve('unknown');
    const token = randomUUID();
    return this.#attempt(async () => {
      const state = String(await this.#run('cancel', id, line, token, END_MILLISECONDS));
      if (state !== 'waiting' && state !== 'orphan') return state as Cancelling;
      const job = await BullJob.fromId<JobData, JobEnd>(this.queue, id);
      await job?.moveToCompleted({ state: 'cancelled', result: null, begun: state === 'orphan' }, token, false);
      return 'cancelled';
    });
  }

  /** Makes sure that the token has the job for this time; `lost` when another worker has it, or it has ended. */
  hold(id: string, token: string, milliseconds: number): Promise<Holding> {
    return this.#attempt(async () => String(await this.#run('hold', id, token, milliseconds)) as Holding);
  }

  /** Whether a job that was just taken may run now; see the script. */
  begin(id: string): Promise<'run' | 'behind' | 'cancelled'> {
    return this.#attempt(async () => String(await this.#run('begin', id)) as 'run' | 'behind' | 'cancelled');
  }

  prune(endedBefore: number): Promise<number> {
    return this.#attempt(async () => (await this.#prune('completed', endedBefore)) + (await this.#prune('failed', endedBefore)));
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  async #add(id: string, line: string, data: JobData): Promise<string> {
    const options = { jobId: id, timestamp: data.createdAt, deduplication: { id: line }, attempts: ENDLESS_ATTEMPTS, backoff: { type: 'custom', delay: FIRST_PAUSE_MILLISECONDS }, stackTraceLimit: 1 };
    const job = await this.queue.add(QUEUE_NAME, data, options);
    return job.id ?? id;
  }

  async #find(id: string): Promise<Job | null> {
    const line = lineOfId(id);
    if (line === null) return null;
    const found = (await this.#run('find', id, line)) as (Buffer | null)[] | null;
    return found === null ? null : jobOfFound(id, found.map((field) => field?.toString() ?? null) as unknown as FoundJob);
  }

  async #prune(state: 'completed' | 'failed', endedBefore: number): Promise<number> {
    for (let all = 0; ; ) {
      // The times of ends are whole milliseconds, and BullMQ takes those up to and with the given one.
      const ids = await this.queue.getBackend().cleanJobsByState(state, Math.ceil(endedBefore) - 1, PRUNE_PAGE);
      all += ids.length;
      if (ids.length < PRUNE_PAGE) return all;
    }
  }

  #run(script: ScriptName, ...values: RedisArgument[]): Promise<unknown> {
    return this.#scripts[script](this.#keys, values);
  }

  #attempt<T>(call: () => Promise<T>): Promise<T> {
    return this.#client.attempt('STORE_UNAVAILABLE', call);
  }
}
