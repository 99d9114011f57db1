import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { LEAST_FAILURE, emitOutcomeScore, type OutcomeRegression } from '../kernel/outcome-score.js';
import { fitRidge, type RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import { logit } from '../linear/numerics.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { fillOthers, type OutcomePoints } from './outcome-points.js';

/** The kernel expert where no classes are known: a regression on the failures among the inputs, re-scaled beside the anchor. */
export interface OutcomeKernel {
  readonly regression: OutcomeRegression;
  readonly linear: CrossFit;
  readonly penalty: number;
}

/** Gamma by the inverse of the median squared distance, chosen on seeds 101 to 103 of the outcomes benchmark. */
const SHARPNESS = 4;

export async function fitOutcomeKernel({ points, signs }: OutcomePoints, data: LinearExpertData, divisions: readonly Division[], hooks: RidgeHooks): Promise<OutcomeKernel> {
  const { failures } = data;
  const rows = failures.length;
  const rate = (failures.reduce((sum, failure) => sum + failure, 0) + 0.5) / (rows + 1);
  const ridge = await fitRidge({
    points: points.data, width: points.width, signs, targets: Float32Array.from(failures, (failure) => failure - rate), classes: 1,
    known: Int32Array.from(failures.keys()), context: null, sharpness: SHARPNESS,
  }, divisions[0]!, hooks);
  const regression: OutcomeRegression = { centres: ridge.centres, gamma: ridge.gamma, signs, coefficients: ridge.coefficients, rate };
  const scores = new Float32Array(rows);
  ridge.learnt.forEach((row, at) => (scores[row] = scoreOf(ridge.heldOut[at]! + rate, rate)));
  await fillOthers(scores, ridge.learnt, points, (graph, where) => emitOutcomeScore(graph, where, regression), hooks);
  const score = { width: 1, data: scores };
  return { regression, penalty: ridge.penalty, linear: fitNearest({ ...data, score, scoreIsLogit: true }, divisions) };
}

function scoreOf(failure: number, rate: number): number {
  return logit(Math.min(1 - LEAST_FAILURE, Math.max(LEAST_FAILURE, failure))) - logit(rate);
}
