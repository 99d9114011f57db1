import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, matrix, minus, plus, times } from '../experts/operators.js';
import { logit, sigmoid } from '../linear/numerics.js';
import { emitKernel } from './kernel-points.js';

/** A fitted kernel regression on how far off a regression is, in units of its tolerance. */
export interface ErrorRegression {
  /** m x width. */
  readonly centres: Float32Array;
  readonly gamma: number;
  /** As those of a KernelClassifier. */
  readonly signs: Float32Array | null;
  /** m x 1. */
  readonly coefficients: Float32Array;
  /** What stands far from every centre. */
  readonly mean: number;
  /** Of the logistic distribution of what is left of an error. */
  readonly scale: number;
  /** Share of failures. */
  readonly rate: number;
}

const LEAST_FAILURE = 1e-4;

/** The failure logit, less that of the failure rate, where an error of this mean is expected: more than 1 either way is a failure. */
export function errorScore(mean: number, { scale, rate }: Pick<ErrorRegression, 'scale' | 'rate'>): number {
  const failure = sigmoid((mean - 1) / scale) + sigmoid((-1 - mean) / scale);
  return logit(Math.min(1 - LEAST_FAILURE, Math.max(LEAST_FAILURE, failure))) - logit(rate);
}

/** The same as operators, from where the rows lie (N x width); gives N x 1. */
export function emitErrorScore(graph: GraphBuilder, points: Value, { centres, gamma, signs, coefficients, mean, scale, rate }: ErrorRegression): Value {
  const count = coefficients.length;
  const gaussians = emitKernel(graph, points, matrix(graph, count, centres.length / count, centres, 'error_centres'), graph.scalar('float32', gamma), signs);
  const errors = plus(graph, graph.node('MatMul', [gaussians, matrix(graph, count, 1, coefficients, 'error_coefficients')]), mean);
  const tail = (value: Value): Value => graph.node('Sigmoid', [times(graph, plus(graph, value, -1), 1 / scale)]);
  const failure = clip(graph, plus(graph, tail(errors), tail(graph.node('Neg', [errors]))), LEAST_FAILURE, 1 - LEAST_FAILURE);
  const odds = graph.node('Div', [failure, minus(graph, graph.scalar('float32', 1), failure)]);
  return plus(graph, graph.node('Log', [odds]), -logit(rate));
}
