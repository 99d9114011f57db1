import { backOff } from '../core/back-off.js';

/** Pause after the first attempt, where nothing else is asked for. */
export const FIRST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_MILLISECONDS = 300_000;

/**
 * Milliseconds that a job waits after its attempt of this number (1 is the first) failed: 5 s, 10 s, 20 s and so on up to five minutes,
 * and never less than the error asked for.
 */
export function retryPause(attempt: number, retryAfterSeconds: number, first: number = FIRST_PAUSE_MILLISECONDS): number {
  return Math.max(backOff(attempt, first, LONGEST_MILLISECONDS), retryAfterSeconds * 1_000);
}
