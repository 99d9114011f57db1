import { backOff } from '../core/back-off.js';
import type { Clock, Timer } from '../core/clock.js';
import type { EngineOutage } from './engine.js';

/** A try loads every session anew, which takes time and memory from what still works: the pauses double, up to a bound. */
const FIRST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 300_000;

/**
 * The time in which a slot does not work: a pause, then a try, and a longer pause where that failed. It is never given up for good: what
 * ended the threads (no memory, a file that is not there, one caller's input) may pass without anybody at hand.
 */
export class SlotOutage {
  readonly #clock: Clock;
  readonly #onTry: () => void;
  #reason: string | null = null;
  /** Set while it pauses. */
  #timer: Timer | null = null;
  #retryAt = 0;
  /** Outages since a run succeeded. */
  #inRow = 0;

  /** `onTry` is called at the end of a pause. */
  constructor(clock: Clock, onTry: () => void) {
    this.#clock = clock;
    this.#onTry = onTry;
  }

  get lasts(): boolean {
    return this.#reason !== null;
  }

  /** Whether the slot is being tried. */
  get onTrial(): boolean {
    return this.lasts && this.#timer === null;
  }

  get current(): EngineOutage | null {
    if (this.#reason === null) return null;
    return { reason: this.#reason, retryAfterSeconds: Math.max(1, Math.ceil((this.#retryAt - this.#clock.monotonic()) / 1000)) };
  }

  /** Begins, or goes on after a try that failed. */
  begin(reason: string): EngineOutage {
    this.#inRow++;
    const pause = backOff(this.#inRow, FIRST_PAUSE_MILLISECONDS, LONGEST_PAUSE_MILLISECONDS);
    this.#reason = reason;
    this.#retryAt = this.#clock.monotonic() + pause;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(pause, () => {
      this.#timer = null;
      this.#onTry();
    });
    return { reason, retryAfterSeconds: pause / 1000 };
  }

  /** The try has passed. */
  end(): void {
    this.#reason = null;
  }

  /** A run succeeded: the next outage begins with the shortest pause. */
  forget(): void {
    this.#inRow = 0;
  }

  /** Tries no more. A timer that was there stays in its place, so that nothing counts as tried. */
  close(): void {
    this.#timer?.cancel();
  }
}
