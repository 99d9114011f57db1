/** A running timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** The only source of time, so that tests decide what time it is. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Monotonic time in milliseconds, with fractions; only differences mean something. */
  monotonic(): number;
  /** Calls `action` once after `milliseconds`; does not keep the process alive. */
  after(milliseconds: number, action: () => void): Timer;
}

/** The clock of the operating system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, action) {
    const handle = setTimeout(action, milliseconds);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** ISO 8601 UTC with milliseconds, the form of every time in the API. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
