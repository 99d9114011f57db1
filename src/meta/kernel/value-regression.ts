import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, matrix, minus, plus } from '../experts/operators.js';
import { logit } from '../linear/numerics.js';
import { emitKernel } from './kernel-points.js';

/** A fitted kernel regression on one value of each row. */
export interface ValueRegression {
  /** m x width. */
  readonly centres: Float32Array;
  readonly gamma: number;
  /** As those of a KernelClassifier. */
  readonly signs: Float32Array | null;
  /** m x 1. */
  readonly coefficients: Float32Array;
}

/** N x 1: the value by which rows are above what stands far from every centre, from where they lie (N x width). */
export function emitValue(graph: GraphBuilder, points: Value, { centres, gamma, signs, coefficients }: ValueRegression, hint: string): Value {
  const count = coefficients.length;
  const gaussians = emitKernel(graph, points, matrix(graph, count, centres.length / count, centres, `${hint}_centres`), graph.scalar('float32', gamma), signs);
  return graph.node('MatMul', [gaussians, matrix(graph, count, 1, coefficients, `${hint}_coefficients`)]);
}

/** The logit of a failure probability, `least` from 0 and 1 at least, less that of the failure rate. */
export function logitBeyond(failure: number, least: number, rate: number): number {
  return logit(Math.min(1 - least, Math.max(least, failure))) - logit(rate);
}

/** The same as operators. */
export function emitLogitBeyond(graph: GraphBuilder, failure: Value, least: number, rate: number): Value {
  const bounded = clip(graph, failure, least, 1 - least);
  const odds = graph.node('Div', [bounded, minus(graph, graph.scalar('float32', 1), bounded)]);
  return plus(graph, graph.node('Log', [odds]), -logit(rate));
}
