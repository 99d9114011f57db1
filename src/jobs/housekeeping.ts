import type { Clock, Timer } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import type { Ledger } from '../ledger/ledger.js';
import type { JobQueue } from './queue.js';

const DAY_MILLISECONDS = 86_400_000;

export interface HousekeepingOptions {
  readonly ledger: Pick<Ledger, 'expirePending' | 'prune'>;
  readonly queue: Pick<JobQueue, 'prune'>;
  readonly catalogue: ModelCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pause between the end of one round and the next. */
  readonly intervalMilliseconds: number;
  /** How long ended jobs can be asked for. */
  readonly jobDays: number;
}

export interface Housekeeping {
  /** Begins; the first round comes after one interval. */
  start(): void;
  /** One round now, or the one that is under way: expiry, retention, old jobs. Errors are logged; never rejects. */
  round(): Promise<void>;
  /** Resolves when no round is under way and none will come. */
  close(): Promise<void>;
}

/** Deletes what has outlived its retention, from time to time; one round at a time, one model after another. */
export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
  let timer: Timer | null = null;
  let current: Promise<void> | null = null;
  let closed = false;
  const isClosed = () => closed;
  const schedule = () => {
    if (closed) return;
    timer = options.clock.after(options.intervalMilliseconds, () => void round().then(schedule));
  };
  const round = () => {
    current ??= runRound(options, isClosed).finally(() => {
      current = null;
    });
    return current;
  };
  return {
    start: schedule,
    round,
    async close() {
      closed = true;
      timer?.cancel();
      await current;
    },
  };
}

async function runRound(options: HousekeepingOptions, isClosed: () => boolean): Promise<void> {
  for (const loaded of newestLoaded(options.catalogue)) {
    if (isClosed()) return;
    await attempt(options, loaded.key.model, () => tidy(options, loaded));
  }
  if (isClosed()) return;
  await attempt(options, null, () => options.queue.prune(options.clock.now() - options.jobDays * DAY_MILLISECONDS));
}

/** One loaded version per model name, the newest: its configuration says how long the rows of all versions are kept. */
function newestLoaded(catalogue: ModelCatalogue): Iterable<LoadedModel> {
  const newest = new Map<string, LoadedModel>();
  for (const { loaded } of catalogue.list()) {
    if (loaded === null) continue;
    const other = newest.get(loaded.key.model);
    if (other === undefined || other.key.version < loaded.key.version) newest.set(loaded.key.model, loaded);
  }
  return newest.values();
}

async function tidy({ ledger, clock, logger }: HousekeepingOptions, { key, tag, config }: LoadedModel): Promise<void> {
  const { days, max_rows: maxRows, inputs_days, pending_days } = config.retention;
  const before = (count: number) => clock.now() - count * DAY_MILLISECONDS;
  const expired = await ledger.expirePending(tag, before(pending_days));
  const pruned = await ledger.prune({ model: key.model, rowsBefore: before(days), maxRows, inputsBefore: before(inputs_days) });
  if (expired + pruned.rows + pruned.inputs > 0) logger.info({ model: key.model, expired, ...pruned }, 'old rows deleted');
}

async function attempt({ logger }: HousekeepingOptions, model: string | null, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    logger.error({ err: messageOf(error), model }, 'housekeeping step failed');
  }
}
