import type { TrainingWindow } from '../training/window.js';

/** The newest so large a share of the labelled rows judges. */
export const HOLDOUT_SHARE = 0.2;
/** With fewer failures or successes among the rows that may judge, out-of-fold losses decide. */
export const MIN_HOLDOUT_OUTCOMES = 50;

/** The first row of the newest fifth: a challenger to be judged is fitted on those before it. */
export function holdoutStart(rows: number): number {
  return rows - Math.round(HOLDOUT_SHARE * rows);
}

/** The first row that is newer than `time`; rows are in order of time. */
export function firstAfter({ createdAt, rows }: Pick<TrainingWindow, 'createdAt' | 'rows'>, time: number): number {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((createdAt[middle] ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether there are enough of both outcomes for a verdict. */
export function enoughOutcomes(rows: number, failures: number, least = MIN_HOLDOUT_OUTCOMES): boolean {
  return Math.min(failures, rows - failures) >= least;
}
