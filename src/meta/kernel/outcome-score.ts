import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { plus } from '../experts/operators.js';
import { emitLogitBeyond, emitValue, logitBeyond, type ValueRegression } from './value-regression.js';

/** A fitted kernel regression on failures, where no classes are known. */
export interface OutcomeRegression extends ValueRegression {
  /** What stands far from every centre: the failure rate. */
  readonly rate: number;
}

/** A regression on 0 and 1 is not bounded to them. */
const LEAST_FAILURE = 0.02;

/** The failure logit, less that of the failure rate, where the regression is so far above the rate. */
export function outcomeScore(value: number, { rate }: Pick<OutcomeRegression, 'rate'>): number {
  return logitBeyond(value + rate, LEAST_FAILURE, rate);
}

/** The same as operators, from where the rows lie (N x width); gives N x 1. */
export function emitOutcomeScore(graph: GraphBuilder, points: Value, regression: OutcomeRegression): Value {
  const { rate } = regression;
  return emitLogitBeyond(graph, plus(graph, emitValue(graph, points, regression, 'outcome'), rate), LEAST_FAILURE, rate);
}
