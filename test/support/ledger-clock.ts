import type { Clock } from '../../src/core/clock.js';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the time on and runs the timers that fall due, in their order. */
  advance(milliseconds: number): void;
  /** Pauses of the timers that run now. */
  readonly pauses: readonly number[];
}

export function manualClock(): ManualClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly pause: number; readonly action: () => void }>();
  return {
    now: () => now,
    monotonic: () => now,
    after(milliseconds, action) {
      const timer = { at: now + milliseconds, pause: milliseconds, action };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].filter((one) => one.at <= now).sort((a, b) => a.at - b.at)) {
        if (timers.delete(timer)) timer.action();
      }
    },
    get pauses() {
      return [...timers].map((timer) => timer.pause);
    },
  };
}
