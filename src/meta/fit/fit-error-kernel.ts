import type { LinearExpertData } from '../experts/linear-experts.js';
import { emitErrorScore, errorScore, type ErrorRegression } from '../kernel/error-score.js';
import type { RidgeFit, RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import { failureRate, fitValueKernel, type OutcomePoints, type ValueKernel } from './fit-value-kernel.js';

/** The kernel expert of a regression: how far off it will be, and beside the anchor what that says of failures. */
export type ErrorKernel = ValueKernel<ErrorRegression>;

/** With fewer known errors none is fitted. */
const LEAST_KNOWN = 60;
/** Larger errors, in units of the tolerance, count as so large: one wild ground truth is not to bend everything. */
export const MOST_ERROR = 4;
/** Gamma by the inverse of the median squared distance, chosen on seeds 101 to 103 of the outcomes benchmark. */
const SHARPNESS = 1;
/** An error that is known to a hundredth of the tolerance is known. */
const LEAST_SCALE = 0.01;

/** `errors`: (ground truth - prediction) by the tolerance, NaN where not known. Null where too few are. */
export async function fitErrorKernel(errors: Float32Array, place: OutcomePoints, data: LinearExpertData, divisions: readonly Division[], hooks: RidgeHooks): Promise<ErrorKernel | null> {
  const known = Int32Array.from(errors.keys()).filter((row) => !Number.isNaN(errors[row]!));
  if (known.length < LEAST_KNOWN) return null;
  const bounded = errors.map((error) => Math.min(MOST_ERROR, Math.max(-MOST_ERROR, error)));
  const mean = known.reduce((sum, row) => sum + bounded[row]!, 0) / known.length;
  const values = { targets: bounded.map((error) => (Number.isNaN(error) ? 0 : error - mean)), known, sharpness: SHARPNESS };
  const scaleOf = ({ learnt, heldOut }: RidgeFit): number => {
    const left = learnt.reduce((sum, row, at) => sum + (bounded[row]! - mean - heldOut[at]!) ** 2, 0) / learnt.length;
    return Math.max(LEAST_SCALE, Math.sqrt(3 * left) / Math.PI);
  };
  const rate = failureRate(data);
  return fitValueKernel<ErrorRegression>(place, values, { complete: (plain, ridge) => ({ ...plain, mean, scale: scaleOf(ridge), rate }), score: errorScore, emit: emitErrorScore }, data, divisions, hooks);
}
