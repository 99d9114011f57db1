import type { Clock, Timer } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Housekeeping } from './housekeeping.js';
import type { ModelProfiles, PublishedProfile } from './model-profiles.js';
import { newestProfiles } from './newest-profiles.js';
import { isPassing } from './passing-error.js';
import { UNASKED, type JobQueue } from './queue.js';
import type { Recurrence, RecurringWork } from './recurrence.js';

/** Pause after a refresh that failed, and before a retraining that could not be enqueued is enqueued again. */
const RETRY_MILLISECONDS = 5_000;
const HOUSEKEEPING = 'housekeeping';
const RETRAIN = 'retrain.';

export interface SchedulesOptions {
  readonly recurrence: Recurrence;
  readonly profiles: Pick<ModelProfiles, 'list'>;
  readonly housekeeping: Housekeeping;
  readonly queue: Pick<JobQueue, 'enqueue'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly housekeepingMilliseconds: number;
}

export interface Schedules {
  /** Sets the recurring work and begins to run it. Resolves also when the store is away: it is then tried again until it succeeds. */
  start(): Promise<void>;
  /** Begins nothing more, housekeeping included; resolves when no recurring work runs in this process. */
  close(): Promise<void>;
}

/**
 * All recurring work: housekeeping, and the retrainings of models with a schedule (the newest version of each, as for a retraining by
 * hand). The list is made anew from the profiles in every round of housekeeping, and in a process that has run none for one interval, so
 * that a store that lost its data gets its recurring work back.
 */
export function createSchedules(options: SchedulesOptions): Schedules {
  return new ProfileSchedules(options);
}

class ProfileSchedules implements Schedules {
  readonly #options: SchedulesOptions;
  #refreshing: Promise<void> | null = null;
  #timer: Timer | null = null;
  readonly #paused = new Set<() => void>();
  #closed = false;

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#refresh();
    if (!this.#closed) await this.#options.recurrence.start((id) => this.#run(id));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const end of this.#paused) end();
    const { recurrence, housekeeping } = this.#options;
    // A round under way stops before its next model.
    await Promise.all([recurrence.close(), housekeeping.close()]);
    await this.#refreshing;
  }

  async #run(id: string): Promise<void> {
    if (id.startsWith(RETRAIN)) return this.#retrain(id.slice(RETRAIN.length));
    await this.#refresh();
    await this.#options.housekeeping.round();
  }

  /** A store that is away at the time is waited for: the next time may be a day ahead. */
  async #retrain(name: string): Promise<void> {
    for (;;) {
      try {
        return await this.#enqueue(name);
      } catch (error) {
        if (this.#closed || !isPassing(error)) throw error;
        this.#options.logger.warn({ err: messageOf(error), model: name }, 'retraining of a schedule waits for its store');
        await this.#pause();
      }
    }
  }

  /** Ends early when this closes. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        this.#paused.delete(end);
        resolve();
      };
      const timer = this.#options.clock.after(RETRY_MILLISECONDS, end);
      this.#paused.add(end);
    });
  }

  async #enqueue(name: string): Promise<void> {
    const { profiles, queue, logger } = this.#options;
    const profile = newestProfiles(await profiles.list()).find(({ key }) => key.model === name);
    if (profile?.retraining.schedule == null) return;
    const { model, version } = profile.key;
    const job = await queue.enqueue({ type: 'retrain', model, version, trigger: 'schedule', ...UNASKED });
    logger.info({ model, version, job: job.id }, 'retraining enqueued by its schedule');
  }

  /** One at a time. Never rejects. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#set().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #set(): Promise<void> {
    const { recurrence, profiles, clock, logger, housekeepingMilliseconds } = this.#options;
    this.#timer?.cancel();
    let pause = housekeepingMilliseconds;
    try {
      await recurrence.set(recurringWork(await profiles.list(), housekeepingMilliseconds));
    } catch (error) {
      pause = Math.min(RETRY_MILLISECONDS, pause);
      logger.warn({ err: messageOf(error) }, 'recurring work could not be set');
    }
    if (!this.#closed) this.#timer = clock.after(pause, () => void this.#refresh());
  }
}

function recurringWork(profiles: readonly PublishedProfile[], everyMilliseconds: number): readonly RecurringWork[] {
  const scheduled = newestProfiles(profiles).flatMap(({ key, retraining: { schedule } }): RecurringWork[] =>
    schedule === null ? [] : [{ id: `${RETRAIN}${key.model}`, when: { cron: schedule } }],
  );
  return [{ id: HOUSEKEEPING, when: { everyMilliseconds } }, ...scheduled];
}
