import type { Clock, Timer } from '../../src/core/clock.js';

interface Pending {
  readonly at: number;
  readonly action: () => void;
}

/**
 * Time that moves only when the test says so. Timers run in order of their time, and see the time they were set for; what is due at once (0 ms) runs in
 * the next turn of the event loop.
 */
export class ManualClock implements Clock {
  #time: number;
  readonly #start: number;
  #pending: Pending[] = [];
  #watchers: (() => void)[] = [];

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
    for (const watcher of this.#watchers.splice(0)) watcher();
    if (milliseconds <= 0) setImmediate(() => this.advance(0));
    return { cancel: () => void (this.#pending = this.#pending.filter((other) => other !== entry)) };
  }

  /** Timers that have not run. */
  get timers(): number {
    return this.#pending.length;
  }

  /** Milliseconds until each of them runs, in the order in which they were set. */
  get pauses(): readonly number[] {
    return this.#pending.map(({ at }) => at - this.#time);
  }

  /** Resolves when at least one timer is set. */
  async timerSet(): Promise<void> {
    while (this.timers === 0) await new Promise<void>((resolve) => this.#watchers.push(resolve));
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

/** Its timers run when a test says so; the time is that of the machine. */
export class TimersByHand extends ManualClock {
  override now(): number {
    return Date.now();
  }
}

/** Lets everything run that is ready: promises, then some turns of the event loop. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
