import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Ledger, ModelKey } from '../ledger/ledger.js';
import type { MetaModelRegistry } from '../meta/registry.js';
import { createBaseSweep, type BaseSweep } from './forget-bases.js';
import type { ModelProfile, ModelProfiles } from './model-profiles.js';
import { newestProfiles, servedOf } from './newest-profiles.js';
import type { JobQueue } from './queue.js';

const DAY_MILLISECONDS = 86_400_000;

export interface HousekeepingOptions {
  readonly ledger: Pick<Ledger, 'expirePending' | 'prune' | 'labelled' | 'scan'>;
  readonly registry: Pick<MetaModelRegistry, 'list' | 'forget'>;
  readonly queue: Pick<JobQueue, 'prune'>;
  readonly profiles: Pick<ModelProfiles, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long ended jobs can be asked for. */
  readonly jobDays: number;
}

export interface Housekeeping {
  /** One round now, or the one that is under way: expiry, retention, meta-models that nothing can use any more, old jobs. Errors are logged; never rejects. */
  round(): Promise<void>;
  /** Begins nothing more; resolves when no round is under way. */
  close(): Promise<void>;
}

/** Deletes what has outlived its retention; one round at a time, one model after another. */
export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
  let current: Promise<void> | null = null;
  let closed = false;
  const isClosed = () => closed;
  const bases = createBaseSweep(options, options.clock);
  return {
    round() {
      current ??= runRound(options, bases, isClosed).finally(() => {
        current = null;
      });
      return current;
    },
    async close() {
      closed = true;
      await current;
    },
  };
}

async function runRound(options: HousekeepingOptions, bases: BaseSweep, isClosed: () => boolean): Promise<void> {
  const { profiles, queue, clock, jobDays } = options;
  await attempt(options, null, async () => {
    const published = await profiles.list();
    for (const profile of newestProfiles(published)) {
      if (isClosed()) return;
      const served = servedOf(published.filter(({ key }) => key.model === profile.key.model)).map(({ key }) => key);
      await attempt(options, profile.key.model, () => tidy(options, bases, profile, served));
    }
  });
  if (isClosed()) return;
  await attempt(options, null, () => queue.prune(clock.now() - jobDays * DAY_MILLISECONDS));
}

async function tidy({ ledger, clock, logger }: HousekeepingOptions, bases: BaseSweep, { key: { model }, tag, retention }: ModelProfile, served: readonly ModelKey[]): Promise<void> {
  const { days, max_rows: maxRows, inputs_days, pending_days } = retention;
  const before = (count: number) => clock.now() - count * DAY_MILLISECONDS;
  const expired = await ledger.expirePending(tag, before(pending_days));
  const pruned = await ledger.prune({ model, rowsBefore: before(days), maxRows, inputsBefore: before(inputs_days) });
  if (expired + pruned.rows + pruned.inputs > 0) logger.info({ model, expired, ...pruned }, 'old rows deleted');
  const forgotten = await bases.sweep(model, served);
  if (forgotten > 0) logger.info({ model, meta_models: forgotten }, 'meta-models of base files that are served no more deleted');
}

async function attempt({ logger }: HousekeepingOptions, model: string | null, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    logger.error({ err: messageOf(error), model }, 'housekeeping step failed');
  }
}
