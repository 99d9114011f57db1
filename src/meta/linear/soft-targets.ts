import { designOf } from './design.js';
import { fitLogistic } from './logistic.js';

/** A failure logit is intercept + slope x score. */
export interface ScoreScale {
  readonly intercept: number;
  readonly slope: number;
}

/** Prior of [intercept, slope]: the score is a failure logit as it stands. */
const PRIOR = { mean: Float64Array.of(0, 1), precision: Float64Array.of(1, 4) };
/** A score keeps its direction whatever the probabilities say of it. */
const LEAST_SLOPE = 0.05;

/**
 * Scales scores to failure logits by probabilities in the place of outcomes (Platt scaling with soft targets): each row counts as a failure by its
 * probability and as a success by the rest, so that the mean of what comes out is that of the probabilities.
 */
export function scaleToProbabilities(scores: Float64Array, probabilities: Float64Array): ScoreScale {
  const rows = scores.length;
  const twice = (values: Float64Array): Float64Array => Float64Array.from({ length: 2 * rows }, (_, i) => values[i % rows]!);
  const design = designOf(2 * rows, [{ width: 1, data: twice(scores) }]);
  const outcomes = Uint8Array.from({ length: 2 * rows }, (_, i) => (i < rows ? 1 : 0));
  const weights = twice(probabilities).map((p, i) => (i < rows ? p : 1 - p));
  const { coefficients } = fitLogistic(design, outcomes, PRIOR, null, PRIOR.mean, weights);
  return { intercept: coefficients[0]!, slope: Math.max(LEAST_SLOPE, coefficients[1]!) };
}
