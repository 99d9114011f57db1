import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { plus, times } from '../experts/operators.js';
import { sigmoid } from '../linear/numerics.js';
import { emitLogitBeyond, emitValue, logitBeyond, type ValueRegression } from './value-regression.js';

/** A fitted kernel regression on how far off a regression is, in units of its tolerance. */
export interface ErrorRegression extends ValueRegression {
  /** What stands far from every centre. */
  readonly mean: number;
  /** Of the logistic distribution of what is left of an error. */
  readonly scale: number;
  /** Share of failures. */
  readonly rate: number;
}

const LEAST_FAILURE = 1e-4;

/** The failure logit, less that of the failure rate, where the regression is so far above its mean: an error of more than 1 either way is a failure. */
export function errorScore(value: number, { mean, scale, rate }: Pick<ErrorRegression, 'mean' | 'scale' | 'rate'>): number {
  const error = value + mean;
  return logitBeyond(sigmoid((error - 1) / scale) + sigmoid((-1 - error) / scale), LEAST_FAILURE, rate);
}

/** The same as operators, from where the rows lie (N x width); gives N x 1. */
export function emitErrorScore(graph: GraphBuilder, points: Value, regression: ErrorRegression): Value {
  const { mean, scale, rate } = regression;
  const error = plus(graph, emitValue(graph, points, regression, 'error'), mean);
  const tail = (value: Value): Value => graph.node('Sigmoid', [times(graph, plus(graph, value, -1), 1 / scale)]);
  return emitLogitBeyond(graph, plus(graph, tail(error), tail(graph.node('Neg', [error]))), LEAST_FAILURE, rate);
}
