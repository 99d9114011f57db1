import type { Clock, Timer } from '../../src/core/clock.js';

interface Pending {
  readonly at: number;
  readonly action: () => void;
}

/** Time that moves only when the test says so. Timers run in order of their time, and see the time they were set for. */
export class ManualClock implements Clock {
  #time: number;
  readonly #start: number;
  #pending: Pending[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#start = start;
    this.#time = start;
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time - this.#start;
  }

  after(milliseconds: number, action: () => void): Timer {
    const entry = { at: this.#time + milliseconds, action };
    this.#pending.push(entry);
    return { cancel: () => void (this.#pending = this.#pending.filter((other) => other !== entry)) };
  }

  /** Timers that have not run. */
  get timers(): number {
    return this.#pending.length;
  }

  advance(milliseconds: number): void {
    const end = this.#time + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const due = next;
      this.#pending = this.#pending.filter((other) => other !== due);
      this.#time = Math.max(this.#time, due.at);
      due.action();
    }
    this.#time = end;
  }

  #next(end: number): Pending | undefined {
    return this.#pending.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything run that is ready: promises, then some turns of the event loop. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
