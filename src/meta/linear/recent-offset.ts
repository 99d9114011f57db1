import { upperNormalQuantile } from '../evaluation/normal-quantile.js';
import { meanWithError } from '../selection/weights.js';
import { sigmoid, weightAt } from './numerics.js';

/** Rows from which on the newest can be set against others. */
const MIN_ROWS = 1000;
/** Newest rows that the offset follows. */
const RECENT = 500;
/** Chance that rows of one distribution look shifted. */
const LEVEL = 0.002;
/** Precision of the offset's prior at 0. */
const PRECISION = 4;
const MAX_STEPS = 20;

export interface RecentRows {
  /** Out-of-fold failure logits, oldest first, and what came of them. */
  readonly logits: Float64Array;
  readonly failures: Uint8Array;
  readonly weights: Float64Array | null;
  /** Columns that show without a label what rows are like; each of the length of the logits. */
  readonly signs: readonly (Float32Array | Float64Array)[];
}

/**
 * What is added to the failure logits because the newest labelled rows are other than those before: the intercept of a logistic regression of
 * their failures on the logits, with prior N(0, 1/4), where the means of any sign or the failures themselves differ beyond chance; else 0. Without a
 * shift all rows tell the level of the failures better than the newest alone; after one, the older rows tell that of another stream.
 */
export function recentOffset({ logits, failures, weights, signs }: RecentRows): number {
  const from = logits.length - RECENT;
  if (logits.length < MIN_ROWS) return 0;
  const most = upperNormalQuantile(LEVEL / 2 / (signs.length + 1));
  const residuals = logits.map((z, row) => failures[row]! - sigmoid(z));
  const isShifted = [residuals, ...signs].some((sign) => Math.abs(difference(sign, from, weights)) > most);
  return isShifted ? fitOffset(logits.subarray(from), failures.subarray(from), weights?.subarray(from) ?? null) : 0;
}

/** Difference of the means of the rows from `from` on and of those before, in its standard errors (Welch 1947); 0 where nothing varies. */
function difference(values: Float32Array | Float64Array, from: number, weights: Float64Array | null): number {
  const before = meanWithError(values.subarray(0, from), weights?.subarray(0, from) ?? null);
  const after = meanWithError(values.subarray(from), weights?.subarray(from) ?? null);
  const error = Math.hypot(before.error, after.error);
  return error > 0 ? (after.mean - before.mean) / error : 0;
}

/** MAP by Newton's method; the objective is convex. */
function fitOffset(logits: Float64Array, failures: Uint8Array, weights: Float64Array | null): number {
  let offset = 0;
  for (let i = 0; i < MAX_STEPS; i++) {
    let gradient = PRECISION * offset;
    let curvature = PRECISION;
    logits.forEach((z, row) => {
      const p = sigmoid(z + offset);
      gradient += weightAt(weights, row) * (p - failures[row]!);
      curvature += weightAt(weights, row) * p * (1 - p);
    });
    const step = gradient / curvature;
    offset -= step;
    if (Math.abs(step) < 1e-9) break;
  }
  return offset;
}
