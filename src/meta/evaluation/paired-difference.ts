import { meanWithError } from '../selection/weights.js';

/** The weighted mean of one figure less another, row by row, and the standard error of it. */
export interface PairedDifference {
  readonly mean: number;
  readonly error: number;
}

/** Both arrays have an element a row; `weights` null: all the same. */
export function pairedDifference(ours: Float64Array, theirs: Float64Array, weights: Float64Array | null): PairedDifference {
  return meanWithError(ours.map((value, row) => value - theirs[row]!), weights);
}
