import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Baseline, Rows } from '../baseline.js';
import { dispersion, failureOdds, giniOdds, largestScores, logSums, marginGaps } from './label-free-scores.js';
import { failureLogOdds } from './class-scores.js';

/** A baseline that reads the base model's outputs only: one score a row, whatever the labels say. */
function labelFreeBaseline(name: string, score: (rows: Rows) => Float64Array, areProbabilities = false): Baseline {
  const scorer = async (rows: Rows) => ({ scores: score(rows), areProbabilities });
  return { name, needs: 'nothing', competes: true, fit: async () => scorer };
}

/** Maximum softmax probability (Hendrycks and Gimpel, ICLR 2017): 1 - p of the predicted class, a probability. */
export const maximumSoftmaxProbability = labelFreeBaseline('MSP', (rows) => sigmoids(failureLogOdds(rows)), true);

/**
 * Max logit (Hendrycks et al., ICML 2022): minus the largest logit. On log-probabilities, where there are no logits, it ranks
 * as MSP.
 */
export const maxLogit = labelFreeBaseline('max logit', largestScores);

/**
 * Energy (Liu et al., NeurIPS 2020): -ln sum exp logits. Where there are no logits it is 0 for every row: the log-probabilities
 * of a row sum to 1, so they have no energy to tell rows by.
 */
export const energy = labelFreeBaseline('energy', logSums);

/** Margin (Scheffer, Decomain and Wrobel 2001): 1 - (p1 - p2) of the two largest probabilities. */
export const margin = labelFreeBaseline('margin', marginGaps);

/** Entropy of the class probabilities in nats (Shannon 1948). */
export const entropy = labelFreeBaseline('entropy', dispersion);

/** DOCTOR alpha (Granese et al., NeurIPS 2021): (1 - g) / g with g = sum p^2, the odds of the Gini index. */
export const doctorAlpha = labelFreeBaseline('DOCTOR alpha', giniOdds);

/** DOCTOR beta (Granese et al., NeurIPS 2021): Pe / (1 - Pe) with Pe = 1 - p of the predicted class; ranks as MSP. */
export const doctorBeta = labelFreeBaseline('DOCTOR beta', failureOdds);
