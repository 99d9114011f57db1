import type { Clock, Timer } from '../../core/clock.js';

/** Timers of the event loop are whole milliseconds and late by up to one; the rest is waited for turn by turn. */
const TIMER_SLACK_MILLISECONDS = 1.5;

/**
 * Calls an action at a monotonic time, precise to a turn of the event loop (some microseconds when it is idle). Longer
 * delays sleep on the clock port; the last part, below what timers can do, is polled with `setImmediate`, so I/O goes on
 * in between. The time itself always comes from the clock.
 */
export class DelayTimer {
  readonly #clock: Clock;
  readonly #action: () => void;
  #due: number | null = null;
  #sleep: Timer | null = null;
  #poll: NodeJS.Immediate | null = null;

  constructor(clock: Clock, action: () => void) {
    this.#clock = clock;
    this.#action = action;
  }

  /** Sets the time; an earlier setting is replaced. */
  arm(due: number): void {
    if (this.#due === due) return;
    this.cancel();
    this.#due = due;
    this.#wait();
  }

  cancel(): void {
    this.#due = null;
    this.#sleep?.cancel();
    this.#sleep = null;
    if (this.#poll !== null) clearImmediate(this.#poll);
    this.#poll = null;
  }

  #wait(): void {
    if (this.#due === null) return;
    const remaining = this.#due - this.#clock.monotonic();
    if (remaining > TIMER_SLACK_MILLISECONDS) this.#sleep = this.#clock.after(remaining - TIMER_SLACK_MILLISECONDS, () => this.#wait());
    else this.#poll = setImmediate(() => this.#check());
  }

  #check(): void {
    if (this.#due === null) return;
    if (this.#clock.monotonic() < this.#due) {
      this.#wait();
      return;
    }
    this.cancel();
    this.#action();
  }
}
