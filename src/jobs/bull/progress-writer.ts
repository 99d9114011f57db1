import type { Clock, Timer } from '../../core/clock.js';
import type { JobProgress } from '../queue.js';

/** A progress bar needs no more. */
const PAUSE_MILLISECONDS = 300;

/** Writes the progress of a job: the first at once, then the newest a few times a second, one write at a time, and always the last. */
export class ProgressWriter {
  readonly #write: (progress: JobProgress) => Promise<void>;
  readonly #clock: Clock;
  #next: JobProgress | null = null;
  #busy: Promise<void> | null = null;
  #pause: Timer | null = null;

  /** `write` must not reject. */
  constructor(clock: Clock, write: (progress: JobProgress) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
  }

  report(progress: JobProgress): void {
    this.#next = progress;
    this.#look();
  }

  /** Resolves when the last progress is written. */
  async flush(): Promise<void> {
    this.#pause?.cancel();
    this.#pause = null;
    await this.#busy;
    this.#begin();
    await this.#busy;
  }

  #look(): void {
    if (this.#busy !== null || this.#pause !== null || this.#next === null) return;
    this.#begin();
    this.#pause = this.#clock.after(PAUSE_MILLISECONDS, () => {
      this.#pause = null;
      this.#look();
    });
  }

  #begin(): void {
    if (this.#next === null) return;
    const progress = this.#next;
    this.#next = null;
    this.#busy = this.#write(progress).then(() => {
      this.#busy = null;
      this.#look();
    });
  }
}
