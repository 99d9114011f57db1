import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, matrix, plus } from '../experts/operators.js';
import { logit } from '../linear/numerics.js';
import { emitKernel } from './kernel-points.js';

/** A fitted kernel regression on failures, where no classes are known. */
export interface OutcomeRegression {
  /** m x width. */
  readonly centres: Float32Array;
  readonly gamma: number;
  /** As those of a KernelClassifier. */
  readonly signs: Float32Array | null;
  /** m x 1. */
  readonly coefficients: Float32Array;
  /** What stands far from every centre: the failure rate. */
  readonly rate: number;
}

/** A regression on 0 and 1 is not bounded to them. */
export const LEAST_FAILURE = 0.02;

/** N x 1: the failure logit by the regression, less that of the failure rate, from where the rows lie (N x width). */
export function emitOutcomeScore(graph: GraphBuilder, points: Value, { centres, gamma, signs, coefficients, rate }: OutcomeRegression): Value {
  const count = coefficients.length;
  const gaussians = emitKernel(graph, points, matrix(graph, count, centres.length / count, centres, 'outcome_centres'), graph.scalar('float32', gamma), signs);
  const regression = graph.node('MatMul', [gaussians, matrix(graph, count, 1, coefficients, 'outcome_coefficients')]);
  const failure = clip(graph, plus(graph, regression, rate), LEAST_FAILURE, 1 - LEAST_FAILURE);
  const odds = graph.node('Div', [failure, graph.node('Sub', [graph.scalar('float32', 1), failure])]);
  return plus(graph, graph.node('Log', [odds]), -logit(rate));
}
