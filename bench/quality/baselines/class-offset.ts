import { coefficientCount, designLogits, designOf, type Design } from '../../../src/meta/linear/design.js';
import { divide } from '../../../src/meta/linear/folds.js';
import { fitLogistic, type GaussianPrior } from '../../../src/meta/linear/logistic.js';
import { meanLogLoss, sigmoids } from '../../../src/meta/linear/numerics.js';
import { crossFitLogistic } from '../../../src/meta/linear/out-of-fold.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { hasBothOutcomes } from './fallback.js';
import { IDENTITY_PRIOR, fitPlatt, logOddsColumn } from './platt.js';

/** 1 / variance of a class's offset, from hardly any offset to a free one. */
const RIDGES = [100, 30, 10, 3, 1, 0.3] as const;
const STREAM = 0xc1a5;

function designFor(rows: Rows): Design {
  return designOf(rows.rows, [logOddsColumn(rows)], rows.predicted, rows.classes);
}

function priorFor(design: Design, ridge: number): GaussianPrior {
  const mean = new Float64Array(coefficientCount(design));
  const precision = new Float64Array(mean.length).fill(ridge);
  mean.set(IDENTITY_PRIOR.mean);
  precision.set(IDENTITY_PRIOR.precision);
  return { mean, precision };
}

/** The ridge of the least held-out log loss; of equals the strongest. */
function chooseRidge(design: Design, failures: Uint8Array, seed: number): number {
  const divisions = divide(failures, 1, createRandom(seed, STREAM));
  let best = { ridge: RIDGES[0] as number, loss: Infinity };
  for (const ridge of RIDGES) {
    const prior = priorFor(design, ridge);
    const loss = meanLogLoss(crossFitLogistic(design, failures, () => prior, divisions).outOfFold, failures);
    if (loss < best.loss) best = { ridge, loss };
  }
  return best.ridge;
}

function fitOffsets(labelled: LabelledRows, seed: number) {
  if (!hasBothOutcomes(labelled)) return fitPlatt(labelled);
  const design = designFor(labelled);
  const { coefficients } = fitLogistic(design, labelled.failures, priorFor(design, chooseRidge(design, labelled.failures, seed)));
  return async (rows: Rows) => ({ scores: sigmoids(designLogits(designFor(rows), coefficients)), areProbabilities: true });
}

/**
 * Class-conditional calibration: the calibrated MSP with an offset per predicted class, shrunk to none (as the class-wise
 * scaling of Guo et al., ICML 2017, and Kull et al., NeurIPS 2019, in one dimension). The ridge is chosen by five-fold log loss.
 * One outcome only: Platt-scaled MSP.
 */
export const classOffset: Baseline = {
  name: 'class-conditional MSP', needs: 'labels', competes: true, fit: async (labelled, seed) => fitOffsets(labelled, seed),
};
