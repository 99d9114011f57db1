import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { emitErrorScore, errorScore, type ErrorRegression } from '../kernel/error-score.js';
import { fitRidge, type RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { fillOthers, type OutcomePoints } from './outcome-points.js';

/** The kernel expert of a regression: how far off it will be, and beside the anchor what that says of failures. */
export interface ErrorKernel {
  readonly regression: ErrorRegression;
  readonly linear: CrossFit;
  readonly penalty: number;
}

/** With fewer known errors none is fitted. */
const LEAST_KNOWN = 60;
/** Larger errors, in units of the tolerance, count as so large: one wild ground truth is not to bend everything. */
const MOST_ERROR = 4;
/** Gamma by the inverse of the median squared distance, chosen on seeds 101 to 103 of the outcomes benchmark. */
const SHARPNESS = 1;

/** `errors`: (ground truth - prediction) by the tolerance, NaN where not known. Null where too few are. */
export async function fitErrorKernel(errors: Float32Array, place: OutcomePoints, data: LinearExpertData, divisions: readonly Division[], hooks: RidgeHooks): Promise<ErrorKernel | null> {
  const { points, signs } = place;
  const rows = errors.length;
  const known = Int32Array.from(errors.keys()).filter((row) => !Number.isNaN(errors[row]!));
  if (known.length < LEAST_KNOWN) return null;
  const bounded = errors.map((error) => Math.min(MOST_ERROR, Math.max(-MOST_ERROR, error)));
  const mean = known.reduce((sum, row) => sum + bounded[row]!, 0) / known.length;
  const ridge = await fitRidge({
    points: points.data, width: points.width, signs, targets: bounded.map((error) => (Number.isNaN(error) ? 0 : error - mean)), classes: 1,
    known, context: null, sharpness: SHARPNESS,
  }, divisions[0]!, hooks);
  const left = ridge.learnt.reduce((sum, row, at) => sum + (bounded[row]! - mean - ridge.heldOut[at]!) ** 2, 0) / ridge.learnt.length;
  const rate = (data.failures.reduce((sum, failure) => sum + failure, 0) + 0.5) / (rows + 1);
  const regression: ErrorRegression = { centres: ridge.centres, gamma: ridge.gamma, signs, coefficients: ridge.coefficients, mean, scale: Math.max(LEAST_SCALE, Math.sqrt(3 * left) / Math.PI), rate };
  const scores = new Float32Array(rows);
  ridge.learnt.forEach((row, at) => (scores[row] = errorScore(ridge.heldOut[at]! + mean, regression)));
  await fillOthers(scores, ridge.learnt, points, (graph, where) => emitErrorScore(graph, where, regression), hooks);
  return { regression, penalty: ridge.penalty, linear: fitNearest({ ...data, score: { width: 1, data: scores }, scoreIsLogit: true }, divisions) };
}

/** An error that is known to a hundredth of the tolerance is known. */
const LEAST_SCALE = 0.01;
