import type { Clock, Timer } from '../core/clock.js';
import { nextCronTime } from '../core/cron.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { SKEW_MILLISECONDS } from './clocks-apart.js';
import { sameTimes, type Recurrence, type RecurringWork } from './recurrence.js';

/** The time of day is looked at this often while a cron time is awaited: the system's clock may be set, and timers hold 24 days at most. */
const MAX_WAIT_MILLISECONDS = 60_000;

export interface TimerRecurrenceOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The recurrence of a single process: timers in it. */
export function createTimerRecurrence(options: TimerRecurrenceOptions): Recurrence {
  return new TimerRecurrence(options);
}

interface Entry {
  readonly work: RecurringWork;
  /** The next time: of the monotonic clock for an interval, of the wall clock for a cron expression. */
  next: number;
  /** When `next` was reckoned, on the same clock. */
  reckoned: number;
  timer: Timer | null;
}

class TimerRecurrence implements Recurrence {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Map<string, Promise<void>>();
  #run: ((id: string) => Promise<void>) | null = null;
  #closed = false;

  constructor({ clock, logger }: TimerRecurrenceOptions) {
    this.#clock = clock;
    this.#logger = logger;
  }

  async set(work: readonly RecurringWork[]): Promise<void> {
    if (this.#closed) return;
    const wanted = new Map(work.map((each) => [each.id, each]));
    for (const [id, entry] of this.#entries) {
      const same = wanted.get(id);
      if (same !== undefined && sameTimes(same.when, entry.work.when)) wanted.delete(id);
      else this.#remove(entry);
    }
    for (const each of wanted.values()) this.#add(each);
  }

  async start(run: (id: string) => Promise<void>): Promise<void> {
    this.#run = run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const entry of this.#entries.values()) this.#remove(entry);
    await Promise.all(this.#running.values());
  }

  #add(work: RecurringWork): void {
    const now = this.#now(work);
    const entry: Entry = { work, next: nextTime(work, now, now), reckoned: now, timer: null };
    this.#entries.set(work.id, entry);
    this.#wait(entry);
  }

  #remove(entry: Entry): void {
    entry.timer?.cancel();
    this.#entries.delete(entry.work.id);
  }

  #wait(entry: Entry): void {
    const milliseconds = Math.max(1, Math.min(entry.next - this.#now(entry.work), MAX_WAIT_MILLISECONDS));
    entry.timer = this.#clock.after(milliseconds, () => this.#awake(entry));
  }

  #awake(entry: Entry): void {
    const now = this.#now(entry.work);
    const due = now >= entry.next;
    // The clock was far ahead then.
    const astray = now < entry.reckoned - SKEW_MILLISECONDS;
    if (due || astray) {
      entry.next = nextTime(entry.work, now, entry.next);
      entry.reckoned = now;
    }
    this.#wait(entry);
    if (due) this.#begin(entry.work.id);
  }

  #begin(id: string): void {
    const run = this.#run;
    if (run === null || this.#running.has(id)) return;
    const running = run(id)
      .catch((error: unknown) => this.#logger.error({ err: messageOf(error), work: id }, 'recurring work failed'))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, running);
  }

  #now({ when }: RecurringWork): number {
    return 'cron' in when ? this.#clock.now() : this.#clock.monotonic();
  }
}

/** The first time after `now` of a work that has one at `time`. */
function nextTime({ when }: RecurringWork, now: number, time: number): number {
  if ('cron' in when) return nextCronTime(when.cron, now);
  const { everyMilliseconds } = when;
  return time + (Math.floor((now - time) / everyMilliseconds) + 1) * everyMilliseconds;
}
