import { designLogits, rowLogit, type Design } from './design.js';
import type { Division } from './folds.js';
import { fitLogistic, type GaussianPrior } from './logistic.js';

export interface CrossFit {
  /** Held-out logit of each row, averaged over the divisions. */
  readonly outOfFold: Float64Array;
  /** Coefficients refitted on all rows, for serving. */
  readonly coefficients: Float64Array;
  /** Logits of all rows under these coefficients. */
  readonly fitted: Float64Array;
}

/** Fits a logistic regression on all rows, and one per fold for the out-of-fold logits. The prior may depend on the rows. */
export function crossFitLogistic(
  design: Design, failures: Uint8Array, priorOf: (rows: Int32Array | null) => GaussianPrior, divisions: readonly Division[],
  weights: Float64Array | null = null,
): CrossFit {
  const all = fitLogistic(design, failures, priorOf(null), null, undefined, weights);
  const outOfFold = heldOutScores(design.rows, divisions, (division, k, write) => {
    const training = division.training[k]!;
    const { coefficients } = fitLogistic(design, failures, priorOf(training), training, all.coefficients, weights);
    for (const row of division.heldOut[k]!) write(row, rowLogit(design, coefficients, row));
  });
  return { outOfFold, coefficients: all.coefficients, fitted: designLogits(design, all.coefficients) };
}

/** Collects held-out scores fold by fold; a row's score is its mean over the divisions. */
export function heldOutScores(
  rows: number, divisions: readonly Division[], score: (division: Division, fold: number, write: (row: number, value: number) => void) => void,
): Float64Array {
  const sums = new Float64Array(rows);
  for (const division of divisions) {
    for (let k = 0; k < division.training.length; k++) score(division, k, (row, value) => (sums[row]! += value / divisions.length));
  }
  return sums;
}
