import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { classScores, failureLogOdds, largestOf } from './class-scores.js';
import { hasBothOutcomes } from './fallback.js';

/** Bounds of ln T: a base that is right on every labelled row, or wrong on most, would send it to 0 or to infinity. */
const LARGEST_LOG = Math.log(20);
const BISECTIONS = 40;

/**
 * The temperature of the least negative log likelihood of the true classes under softmax(class scores / T), T from 1/20 to 20.
 * The likelihood is concave in 1/T, so its slope is bisected. Rows whose truth is no class of the base take no part; 1 without
 * both outcomes.
 */
export function fitTemperature(labelled: LabelledRows): number {
  if (!hasBothOutcomes(labelled)) return 1;
  let low = -LARGEST_LOG;
  let high = LARGEST_LOG;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (slope(labelled, Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** Derivative of the negative log likelihood by the inverse temperature: sum of (mean class score under the softmax - the truth's). */
function slope(labelled: LabelledRows, inverse: number): number {
  const { rows, classes, truths } = labelled;
  const scores = classScores(labelled);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const truth = truths[i]!;
    if (truth < 0 || truth >= classes) continue;
    const base = i * classes;
    const largest = largestOf(scores, base, base + classes);
    let sum = 0;
    let weighted = 0;
    for (let k = base; k < base + classes; k++) {
      const weight = Math.exp(inverse * (scores[k]! - largest));
      sum += weight;
      weighted += weight * (scores[k]! - largest);
    }
    total += weighted / sum - (scores[base + truth]! - largest);
  }
  return total;
}

/**
 * Temperature-scaled MSP (Guo et al., ICML 2017): 1 - p of the predicted class at the fitted temperature. A base that gives
 * probabilities only is scaled on their logarithms. Without both outcomes the temperature is 1: MSP.
 */
export const temperatureScaledMsp: Baseline = {
  name: 'temperature-scaled MSP', needs: 'labels', competes: true,
  fit: async (labelled) => {
    const temperature = fitTemperature(labelled);
    return async (rows: Rows) => ({ scores: sigmoids(failureLogOdds(rows, temperature)), areProbabilities: true });
  },
};
