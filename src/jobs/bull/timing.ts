import { FIRST_PAUSE_MILLISECONDS } from '../retry-pause.js';

/** Times of the queue, in milliseconds; tests make some of them short. */
export interface BullTiming {
  /** A worker that has not been heard of for so long is taken for dead; a job of it begins elsewhere at most `lock + stalled` later. */
  readonly lock: number;
  /** How often it is looked for jobs of dead workers. */
  readonly stalled: number;
  /** How often those who wait for the end of a job look for themselves, for an event may be missed. */
  readonly look: number;
  /** First pause of a job that is tried again. */
  readonly retry: number;
}

export const DEFAULT_TIMING: BullTiming = { lock: 20_000, stalled: 5_000, look: 2_000, retry: FIRST_PAUSE_MILLISECONDS };
