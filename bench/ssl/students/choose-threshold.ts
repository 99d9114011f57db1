import type { FilterScores } from '../filters/filter.js';

/** Labels of a threshold that no row of the budget speaks for count as this uncertain. */
const PRIOR_ROWS = 1;
const PRIOR_WRONG = 0.5;

export interface ThresholdTask {
  readonly scores: FilterScores;
  /** 1 where the label in question of a labelled row is wrong. */
  readonly failures: Uint8Array;
  readonly classes: number;
}

/**
 * The threshold with the most useful training set, without a label beyond the budget: the largest (n + m)(1 - e K / (K - 1))^2 of K classes,
 * where n are the labelled rows, m the selected ones and e the share of wrong labels among both, as the budget's out-of-fold rows with scores up
 * to the threshold have it. So many right rows teach as much as the n + m do (Angluin and Laird 1988, who have K = 2: (1 - 2 e)^2; labels
 * wrong at random take the signal of K classes by e K / (K - 1)). Every filter is given the same rule. The thresholds tried are the scores of
 * the budget's rows.
 */
export function chooseThreshold({ scores: { budget, pool }, failures, classes }: ThresholdTask): number {
  const order = Int32Array.from(budget.keys()).sort((a, b) => budget[a]! - budget[b]!);
  const sorted = pool.slice().sort();
  let [best, most] = [-Infinity, budget.length];
  let [wrong, selected] = [0, 0];
  order.forEach((row, at) => {
    wrong += failures[row]!;
    const threshold = budget[row]!;
    if (at + 1 < order.length && budget[order[at + 1]!] === threshold) return;
    while (selected < sorted.length && sorted[selected]! <= threshold) selected++;
    const noise = (wrong + PRIOR_WRONG) / (at + 1 + PRIOR_ROWS);
    const all = budget.length + selected;
    const value = all * Math.max(0, 1 - ((classes / (classes - 1)) * noise * selected) / all) ** 2;
    if (value > most) [best, most] = [threshold, value];
  });
  return best;
}
