import type { ScoreTable } from './calibration-table.js';

/** Guards against a share like 0.3 x 10 = 2.9999999999999996. */
const ROUNDING = 1e-9;

function acceptedOf(rows: number, budget: number): number {
  return rows - Math.floor(rows * budget + ROUNDING);
}

/**
 * The lowest threshold at which at most the share `budget` (0 to 1) of these failure probabilities (none NaN) is above it: the riskiest
 * are reviewed, as many as fit. Equal ones are accepted together. Null without any, or where the budget takes all.
 */
export function budgetThreshold(scores: Float64Array, budget: number): number | null {
  return scores.toSorted()[acceptedOf(scores.length, budget) - 1] ?? null;
}

/** The same from a table: the lowest of its thresholds that leaves at most that share of its rows to review. */
export function tableBudgetThreshold({ rows, accepted, thresholds }: ScoreTable, budget: number): number | null {
  const index = accepted.findIndex((count) => count >= acceptedOf(rows, budget));
  return thresholds[index] ?? null;
}
