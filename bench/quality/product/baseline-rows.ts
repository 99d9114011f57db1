import type { LabelledRows } from '../baseline.js';
import type { TruthRows } from './logged-rows.js';

const LEAST_PROBABILITY = 1e-9;

/**
 * rows x classes: natural logarithms of the class probabilities, at least ln 1e-9 and normalized again. Logits are brought to
 * their log-softmax in float64 before the clip.
 */
export function logProbabilities({ scores, rows, classes, kind }: Pick<TruthRows, 'scores' | 'rows' | 'classes' | 'kind'>): Float64Array {
  const result = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(scores.subarray(row * classes, (row + 1) * classes));
    if (kind === 'logits') {
      const most = own.reduce((a, b) => Math.max(a, b), -Infinity);
      const total = own.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
      own.forEach((logit, at) => (own[at] = Math.exp(logit - most) / total));
    }
    const total = own.reduce((sum, p) => sum + Math.max(p, LEAST_PROBABILITY), 0);
    own.forEach((p, at) => (result[row * classes + at] = Math.log(Math.max(p, LEAST_PROBABILITY) / total)));
  }
  return result;
}

/** Logged rows as the baselines may see them. */
export function baselineRows(logged: TruthRows): LabelledRows {
  const { rows, inputWidth, width, features, scores, classes, kind, predicted, truths, failures } = logged;
  const inputs = new Float32Array(rows * inputWidth);
  for (let row = 0; row < rows; row++) inputs.set(features.subarray(row * width, row * width + inputWidth), row * inputWidth);
  const logits = kind === 'logits' ? Float64Array.from(scores) : null;
  return { rows, inputWidth, inputs, classes, logProbabilities: logProbabilities(logged), logits, predicted, truths, failures };
}
