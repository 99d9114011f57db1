import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { atLeast, matrix, plus } from '../experts/operators.js';
import { emitPooledScore } from '../experts/pool.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import { emitKernel, emitKernelPoints, type KernelKind, type KernelScale } from './kernel-points.js';

/** A fitted kernel regression on the classes. */
export interface KernelClassifier {
  readonly kind: KernelKind;
  readonly scale: KernelScale;
  readonly classes: number;
  /** m x width. */
  readonly centres: Float32Array;
  readonly gamma: number;
  /** What a mirror multiplies each number of a centre by; null: rows mean something else in it. */
  readonly signs: Float32Array | null;
  /** m x classes. */
  readonly coefficients: Float32Array;
  /** What far from every centre stands in the place of probabilities (`inputs`): the classes' shares. */
  readonly shares: Float32Array;
}

/** A kernel regression and the weights of its logarithms beside the base model's log-probabilities. */
export interface KernelOpinion {
  readonly classifier: KernelClassifier;
  readonly pool: PoolWeights;
}

export interface KernelInputs {
  /** N x d: where the rows lie. */
  readonly points: Value;
  /** N x classes. */
  readonly logProbabilities: Value;
}

/** Below it a regression on indicators says nothing: it is not bounded to [0, 1]. */
export function leastShare(classes: number): number {
  return 0.03 / Math.max(10, classes);
}

/** N x classes: logarithms of what the regression gives, at least the least share's. */
export function emitKernelLogs(graph: GraphBuilder, { points: inputs, logProbabilities }: KernelInputs, classifier: KernelClassifier): Value {
  const { kind, scale, classes, coefficients, shares } = classifier;
  const points = emitKernelPoints(graph, kind, inputs, logProbabilities, scale);
  const count = coefficients.length / classes;
  const centres = matrix(graph, count, classifier.centres.length / count, classifier.centres, 'kernel_centres');
  const gaussians = emitKernel(graph, points, centres, graph.scalar('float32', classifier.gamma), classifier.signs);
  return emitLogsOf(graph, gaussians, kind === 'joint' ? graph.node('Exp', [logProbabilities]) : graph.floats(shares), { classes, coefficients });
}

/** The same, where the kernel of all rows and centres (N x m), and what is added to the regression, are there already. */
export function emitLogsOf(graph: GraphBuilder, kernel: Value, base: Value, { classes, coefficients }: Pick<KernelClassifier, 'classes' | 'coefficients'>): Value {
  const regression = graph.node('MatMul', [kernel, matrix(graph, coefficients.length / classes, classes, coefficients, 'kernel_coefficients')]);
  return graph.node('Log', [atLeast(graph, plus(graph, regression, base), leastShare(classes))]);
}

/** N x 1: the failure logit of the predicted class under base model and regression together. */
export function emitKernelScore(graph: GraphBuilder, inputs: KernelInputs & { readonly predicted: Value }, { classifier, pool }: KernelOpinion): Value {
  return emitPooledScore(graph, inputs, emitKernelLogs(graph, inputs, classifier), classifier.classes, pool);
}
