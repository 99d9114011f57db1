import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { fitRidge, type RidgeFit, type RidgeHooks, type RidgeProblem } from '../kernel/ridge.js';
import type { ValueRegression } from '../kernel/value-regression.js';
import type { Division } from '../linear/folds.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { otherRows, pickRows } from '../training/pick-rows.js';
import type { ColumnSet } from './column-set.js';
import { runStage } from './staged-run.js';

/** Where every row lies, and what a mirror multiplies each number of it by, if that is known. */
export interface OutcomePoints {
  readonly points: ColumnSet;
  readonly signs: Float32Array | null;
}

/** A kernel regression on one value of each row, and the weights beside the anchor of what it says of failures. */
export interface ValueKernel<Regression extends ValueRegression> {
  readonly regression: Regression;
  readonly linear: CrossFit;
  readonly penalty: number;
}

/** How a regression is made of a fit, and what it says of failures: a logit, of a value or, as operators, of where rows lie. */
export interface ValueReading<Regression extends ValueRegression> {
  complete(plain: ValueRegression, ridge: RidgeFit): Regression;
  score(value: number, regression: Regression): number;
  emit(graph: GraphBuilder, points: Value, regression: Regression): Value;
}

const CHUNK = 512;

/** The failure rate, so that the logit of none is none. */
export function failureRate({ failures }: Pick<LinearExpertData, 'failures'>): number {
  return (failures.reduce((sum, failure) => sum + failure, 0) + 0.5) / (failures.length + 1);
}

/** Fits a kernel regression to the values of the known rows, re-scaled beside the anchor. `targets`: one of each row. */
export async function fitValueKernel<Regression extends ValueRegression>(
  { points, signs }: OutcomePoints, values: Pick<RidgeProblem, 'targets' | 'known' | 'sharpness'>, reading: ValueReading<Regression>,
  data: LinearExpertData, divisions: readonly Division[], hooks: RidgeHooks,
): Promise<ValueKernel<Regression>> {
  const ridge = await fitRidge({ ...values, points: points.data, width: points.width, signs, classes: 1, context: null }, divisions[0]!, hooks);
  const regression = reading.complete({ centres: ridge.centres, gamma: ridge.gamma, signs, coefficients: ridge.coefficients }, ridge);
  const scores = new Float32Array(values.targets.length);
  ridge.learnt.forEach((row, at) => (scores[row] = reading.score(ridge.heldOut[at]!, regression)));
  await fillOthers(scores, ridge.learnt, points, (graph, where) => reading.emit(graph, where, regression), hooks);
  return { regression, penalty: ridge.penalty, linear: fitNearest({ ...data, score: { width: 1, data: scores }, scoreIsLogit: true }, divisions) };
}

/** Fills in what a regression says of the rows that it did not learn from. */
async function fillOthers(
  scores: Float32Array, learnt: Int32Array, points: ColumnSet, emit: (graph: GraphBuilder, points: Value) => Value, { signal }: RidgeHooks,
): Promise<void> {
  const others = otherRows(scores.length, learnt);
  if (others.length === 0) return;
  const feed = { width: points.width, data: pickRows(points.data, points.width, others) };
  const { values } = await runStage({ rows: others.length, chunk: CHUNK, feeds: { points: feed }, emit: (graph, inputs) => ({ values: emit(graph, inputs.points!) }) }, { signal });
  others.forEach((row, at) => (scores[row] = values!.data[at]!));
}
