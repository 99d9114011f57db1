import { nextCronTime } from '../core/cron.js';
import { SKEW_MILLISECONDS } from './clocks-apart.js';

/** Work that comes back. */
export interface RecurringWork {
  /** Letters, digits, `_`, `-` and `.`. */
  readonly id: string;
  readonly when:
    /** Five fields, in UTC. */
    | { readonly cron: string }
    | { readonly everyMilliseconds: number };
}

/**
 * Runs work at its times. Laws:
 * 1. each time of a work runs it once, in one of the processes that have called `start` on the store;
 * 2. `set` replaces the whole list: what is no longer in it does not begin any more, what is unchanged keeps its times;
 * 3. a work that is still running is not begun a second time; the times that pass meanwhile are left out;
 * 4. times at which no process was there are not made up for;
 * 5. a run that rejects is logged, and the work comes back as before;
 * 6. `close` begins nothing more and resolves when what runs here has ended;
 * 7. a run whose process died may run again, in another process;
 * 8. a time that was reckoned by a clock far ahead of the right one is reckoned anew: in the next `set`, or earlier.
 * An interval is first over one interval after `set`. Without its store `set` rejects with STORE_UNAVAILABLE, and nothing begins; what has been
 * set goes on when the store is back.
 */
export interface Recurrence {
  set(work: readonly RecurringWork[]): Promise<void>;
  start(run: (id: string) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Whether both have the same times. */
export function sameTimes(a: RecurringWork['when'], b: RecurringWork['when']): boolean {
  if ('cron' in a) return 'cron' in b && a.cron === b.cron;
  return 'everyMilliseconds' in b && a.everyMilliseconds === b.everyMilliseconds;
}

/** Whether `next` is so far ahead of `now` that it cannot be the next time: another one comes before it, however the clocks of the hosts differ. */
export function isAstray(when: RecurringWork['when'], next: number, now: number): boolean {
  const late = now + SKEW_MILLISECONDS;
  return ('cron' in when ? nextCronTime(when.cron, late) : late + when.everyMilliseconds) < next;
}
