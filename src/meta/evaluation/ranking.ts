import { tieGroups } from './tie-groups.js';
import type { TieGroups } from './tie-groups.js';

/**
 * Area under the ROC curve of failure against success: the probability that a random failure has a higher score than a
 * random success, ties counting one half (midranks; Mann and Whitney 1947, Hanley and McNeil 1982). Null without a
 * failure or without a success.
 */
export function auroc(groups: TieGroups): number | null {
  const { totalRows, totalFailures } = groups;
  const totalSuccesses = totalRows - totalFailures;
  if (totalFailures === 0 || totalSuccesses === 0) return null;
  let successesBelow = 0;
  let wins = 0;
  for (let g = 0; g < groups.count; g++) {
    const failures = groups.failures[g] ?? 0;
    const successes = (groups.rows[g] ?? 0) - failures;
    wins += failures * (successesBelow + successes / 2);
    successesBelow += successes;
  }
  return wins / (totalFailures * totalSuccesses);
}

/**
 * Area under the risk-coverage curve (Geifman, Uziel and El-Yaniv, ICLR 2019): the mean over k = 1..n of the failure rate
 * among the k rows of least score. In a group of tied rows it is the expected value over their random order. Null
 * without rows.
 */
export function aurc(groups: TieGroups): number | null {
  if (groups.totalRows === 0) return null;
  let sum = 0;
  let rows = 0;
  let failures = 0;
  for (let g = 0; g < groups.count; g++) {
    const size = groups.rows[g] ?? 0;
    const rate = (groups.failures[g] ?? 0) / size;
    for (let j = 1; j <= size; j++) sum += (failures + j * rate) / (rows + j);
    rows += size;
    failures += groups.failures[g] ?? 0;
  }
  return sum / groups.totalRows;
}

/** AURC of a ranking that puts every success before every failure: the exact sum, not the limit r + (1-r) ln(1-r). */
export function optimalAurc(rows: number, failures: number): number {
  const successes = rows - failures;
  let sum = 0;
  for (let k = successes + 1; k <= rows; k++) sum += (k - successes) / k;
  return sum / rows;
}

/** Excess AURC (Geifman, Uziel and El-Yaniv, ICLR 2019): AURC minus the optimal one; 0 for a perfect ranking. */
export function eaurc(groups: TieGroups): number | null {
  const area = aurc(groups);
  // Rounding may put a perfect ranking some 1e-18 below its optimum.
  return area === null ? null : Math.max(0, area - optimalAurc(groups.totalRows, groups.totalFailures));
}

/**
 * How many failures are among the riskiest `share` (0..1) of the rows, a number of rows rounded to the nearest. Where the
 * border cuts a group of tied rows it is the expected value over their random order, so it may have a fraction.
 */
export function failuresInRiskiest(scores: Float64Array, failures: Uint8Array, share: number): number {
  const groups = tieGroups(scores, failures);
  let wanted = Math.round(groups.totalRows * share);
  let found = 0;
  for (let g = groups.count - 1; g >= 0 && wanted > 0; g--) {
    const size = groups.rows[g] ?? 0;
    const taken = Math.min(size, wanted);
    found += ((groups.failures[g] ?? 0) * taken) / size;
    wanted -= taken;
  }
  return found;
}
