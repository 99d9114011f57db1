import type { Clock } from './clock.js';

/** Resolves after so many milliseconds, or at once when the signal is or becomes aborted. Leaves no listener behind, so one signal may end any number of pauses. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(milliseconds, end);
    signal.addEventListener('abort', end);
  });
}
