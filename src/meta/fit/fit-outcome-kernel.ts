import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { LEAST_FAILURE, emitOutcomeScore, type OutcomeRegression } from '../kernel/outcome-score.js';
import { fitRidge, type RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import { logit } from '../linear/numerics.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { otherRows, pickRows } from '../training/pick-rows.js';
import type { ColumnSet } from './column-set.js';
import { runStage } from './staged-run.js';

/** The kernel expert where no classes are known: a regression on the failures among the inputs, re-scaled beside the anchor. */
export interface OutcomeKernel {
  readonly regression: OutcomeRegression;
  readonly linear: CrossFit;
  readonly penalty: number;
}

export interface OutcomePoints {
  readonly points: ColumnSet;
  readonly signs: Float32Array | null;
}

const CHUNK = 512;
/** Gamma by the inverse of the median squared distance, chosen on seeds 101 to 103 of the outcomes benchmark. */
const SHARPNESS = 4;

/** `points`: where every row lies; `signs`: what a mirror multiplies each number of it by, if that is known. */
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
  await fillOthers(scores, otherRows(rows, ridge.learnt), points, regression, hooks);
  const score = { width: 1, data: scores };
  return { regression, penalty: ridge.penalty, linear: fitNearest({ ...data, score, scoreIsLogit: true }, divisions) };
}

function scoreOf(failure: number, rate: number): number {
  return logit(Math.min(1 - LEAST_FAILURE, Math.max(LEAST_FAILURE, failure))) - logit(rate);
}

/** What the regression says of the rows that it did not learn from. */
async function fillOthers(scores: Float32Array, others: Int32Array, points: ColumnSet, regression: OutcomeRegression, { signal }: RidgeHooks): Promise<void> {
  if (others.length === 0) return;
  const feed = { width: points.width, data: pickRows(points.data, points.width, others) };
  const { values } = await runStage({
    rows: others.length, chunk: CHUNK, feeds: { points: feed }, emit: (graph, inputs) => ({ values: emitOutcomeScore(graph, inputs.points!, regression) }),
  }, { signal });
  others.forEach((row, at) => (scores[row] = values!.data[at]!));
}
