import { weightAt } from '../linear/numerics.js';

/** The weighted mean of one figure less another, row by row, and the standard error of it. */
export interface PairedDifference {
  readonly mean: number;
  readonly error: number;
}

/** Both arrays have an element a row; `weights` null: all the same. */
export function pairedDifference(ours: Float64Array, theirs: Float64Array, weights: Float64Array | null): PairedDifference {
  let [total, sum, squares] = [0, 0, 0];
  for (let row = 0; row < ours.length; row++) {
    total += weightAt(weights, row);
    sum += weightAt(weights, row) * (ours[row]! - theirs[row]!);
  }
  if (total === 0) return { mean: 0, error: 0 };
  const mean = sum / total;
  for (let row = 0; row < ours.length; row++) squares += (weightAt(weights, row) * (ours[row]! - theirs[row]! - mean)) ** 2;
  return { mean, error: Math.sqrt(squares) / total };
}
