import { logProbabilities } from '../../quality/product/baseline-rows.js';
import type { LoggedRows } from '../../quality/product/logged-rows.js';
import { logit } from '../../../src/meta/linear/numerics.js';

/** rows x classes. */
export function probabilitiesOf(logged: LoggedRows): Float64Array {
  return logProbabilities(logged).map(Math.exp);
}

/** The mean of arrays of one length, element by element. */
export function meanOf(arrays: readonly Float64Array[]): Float64Array {
  const first = arrays[0];
  if (first === undefined) throw new RangeError('expected an array');
  return first.map((_, at) => arrays.reduce((sum, values) => sum + values[at]!, 0) / arrays.length);
}

/** rows: the failure logit of labels under probabilities (rows x classes), which count as `floor` from 0 and 1 at least. */
export function failureLogits(probabilities: Float64Array, labels: Int32Array, classes: number, floor: number): Float64Array {
  return Float64Array.from(labels, (label, row) => logit(1 - clipped(probabilities[row * classes + label]!, floor)));
}

/** Logits of probabilities, which count as `floor` from 0 and 1 at least. */
export function logitsOf(probabilities: Float64Array, floor: number): Float64Array {
  return probabilities.map((p) => logit(clipped(p, floor)));
}

function clipped(p: number, floor: number): number {
  return Math.min(1 - floor, Math.max(floor, p));
}
