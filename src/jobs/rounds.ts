import { backOff } from '../core/back-off.js';
import type { Clock, Timer } from '../core/clock.js';

export interface RoundsOptions {
  readonly clock: Clock;
  /** Resolves with whether all went well; never rejects. */
  run(): Promise<boolean>;
  /** Pause after a round in which all went well, and the longest one. */
  readonly pauseMilliseconds: number;
  /** Pause after a failure; it doubles with each failed round in a row. */
  readonly retryMilliseconds: number;
}

/** Rounds of some work, one at a time: at once when asked for, else after a pause, sooner after a failure. */
export class Rounds {
  readonly #options: RoundsOptions;
  #current: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  #timer: Timer | null = null;
  #closed = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** A round now; however often it is asked for during a round, one more comes after it. */
  ask(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#current ??= this.#runWhileAsked();
  }

  /** Something failed between two rounds: the next one comes early. */
  retry(): void {
    if (this.#current !== null || this.#failures > 0) return;
    this.#failures = 1;
    this.#schedule();
  }

  /** Begins no further round; resolves when none is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#current;
  }

  async #runWhileAsked(): Promise<void> {
    this.#timer?.cancel();
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#failures = (await this.#options.run()) ? 0 : this.#failures + 1;
    }
    this.#current = null;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#closed) return;
    const { clock, pauseMilliseconds, retryMilliseconds } = this.#options;
    this.#timer?.cancel();
    const pause = this.#failures === 0 ? pauseMilliseconds : backOff(this.#failures, retryMilliseconds, pauseMilliseconds);
    this.#timer = clock.after(pause, () => this.ask());
  }
}
