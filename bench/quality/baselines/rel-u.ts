import { aurc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import { divide, type Division } from '../../../src/meta/linear/folds.js';
import { heldOutScores } from '../../../src/meta/linear/out-of-fold.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { classProbabilities } from './class-scores.js';
import { hasBothOutcomes } from './fallback.js';
import { relUMatrix, relUScores } from './rel-u-matrix.js';

/** The authors' grid, plain probabilities first, so that they win among equals. */
const TEMPERATURES = [1, 0.5, 0.8, 0.9, 1.1, 1.2, 1.3, 1.4, 1.5, 2] as const;
/** Rows of the rarer outcome below which held-out rankings tell nothing of temperatures. */
const LEAST_TO_CHOOSE = 10;
const STREAM = 0x4e10;

/** Scores of labelled rows by matrices that were fitted without them. */
function heldOut({ rows, classes, failures }: LabelledRows, probabilities: Float64Array, divisions: readonly Division[]): Float64Array {
  return heldOutScores(rows, divisions, (division, k, write) => {
    const matrix = relUMatrix({ classes, probabilities, failures, chosen: division.training[k]! });
    for (const row of division.heldOut[k]!) {
      const [score = 0] = relUScores(probabilities.subarray(row * classes, (row + 1) * classes), classes, matrix);
      write(row, score);
    }
  });
}

function chooseTemperature(labelled: LabelledRows, seed: number): number {
  if (!hasBothOutcomes(labelled, LEAST_TO_CHOOSE)) return 1;
  const divisions = divide(labelled.failures, 1, createRandom(seed, STREAM));
  let best = { temperature: 1, area: Infinity };
  for (const temperature of TEMPERATURES) {
    const scores = heldOut(labelled, classProbabilities(labelled, temperature), divisions);
    const area = aurc(tieGroups(scores, labelled.failures)) ?? Infinity;
    if (area < best.area) best = { temperature, area };
  }
  return best.temperature;
}

/**
 * Rel-U (Dadalto, Romanelli, Pichler and Piantanida, "A data-driven measure of relative uncertainty for misclassification
 * detection", ICLR 2024): s(x) = p^T D p with D in closed form from the labelled rows, equal weight for failures and successes,
 * without their input perturbation, which a black box does not allow. Their temperature is chosen by five-fold AURC. As in
 * their code, a matrix that vanishes is the Gini matrix, which ranks as DOCTOR alpha; so is one outcome, or no row.
 */
export const relU: Baseline = {
  name: 'Rel-U', needs: 'labels', competes: true,
  fit: async (labelled, seed) => {
    const { classes, failures } = labelled;
    const temperature = chooseTemperature(labelled, seed);
    const chosen = Int32Array.from({ length: labelled.rows }, (_, row) => row);
    const matrix = relUMatrix({ classes, probabilities: classProbabilities(labelled, temperature), failures, chosen });
    return async (rows: Rows) => ({ scores: relUScores(classProbabilities(rows, temperature), classes, matrix), areProbabilities: false });
  },
};
