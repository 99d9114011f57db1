import type { Clock } from './clock.js';

/** What a promise resolves with, or null where it rejects or takes longer. */
export function inTime<T>(promise: Promise<T>, clock: Clock, milliseconds: number): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, () => resolve(null));
    promise.then(resolve, () => resolve(null)).finally(() => timer.cancel());
  });
}

/** Whether a promise resolves within the time. */
export async function endsInTime(end: Promise<unknown>, clock: Clock, milliseconds: number): Promise<boolean> {
  return (await inTime(end.then(() => true), clock, milliseconds)) ?? false;
}
