import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { beside, plus, rowSum, times, turned } from '../experts/operators.js';

/**
 * Where a kernel expert measures its distances and what it predicts.
 * - `inputs`: among the input features, the class itself: knows nothing of the base model;
 * - `joint`: among input features and the base model's probabilities together (square roots, so that distances are Hellinger's), what
 *   the base model's probabilities are short of the truth: knows where the base model errs.
 */
export type KernelKind = 'inputs' | 'joint';

/** How the two blocks of the `joint` kind are brought to one scale; 1 and 0 for `inputs`. */
export interface KernelScale {
  readonly inputs: number;
  readonly probabilities: number;
}

/** Spread of the probabilities' block, where that of the inputs is 1. */
const PROBABILITY_SHARE = 0.7;

/** Scales after which the inputs' total deviation is 1 and that of the probabilities' roots 0.7. Rows x width, row-major. */
export function jointScale(inputs: Float32Array, inputWidth: number, logProbabilities: Float32Array, classes: number): KernelScale {
  const roots = logProbabilities.map((value) => Math.exp(value / 2));
  const [ofInputs, ofRoots] = [totalDeviation(inputs, inputWidth), totalDeviation(roots, classes)];
  return { inputs: ofInputs > 0 ? 1 / ofInputs : 0, probabilities: ofRoots > 0 ? PROBABILITY_SHARE / ofRoots : 0 };
}

/** Root of the summed variances of the columns. */
function totalDeviation(values: Float32Array, width: number): number {
  const rows = values.length / width;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === width ? 0 : j + 1) {
    sums[j]! += values[i]!;
    squares[j]! += values[i]! * values[i]!;
  }
  return Math.sqrt(sums.reduce((total, sum, j) => total + Math.max(0, squares[j]! / rows - (sum / rows) ** 2), 0));
}

/** N x d: where the rows lie for a kernel expert, from where they lie by their inputs and the base model's log-probabilities. */
export function emitKernelPoints(graph: GraphBuilder, kind: KernelKind, inputs: Value, logProbabilities: Value, scale: KernelScale): Value {
  if (kind === 'inputs') return inputs;
  const roots = graph.node('Exp', [times(graph, logProbabilities, 0.5)]);
  return beside(graph, [times(graph, inputs, scale.inputs), times(graph, roots, scale.probabilities)]);
}

/**
 * The kernel of all pairs of rows: `points` (N x d) against `centres` (m x d). With `signs`, what a mirror multiplies each number by, a centre and its
 * mirror image count both, as if each row had been learnt from twice (invariant kernels: Haasdonk and Burkhardt 2007).
 */
export function emitKernel(graph: GraphBuilder, points: Value, centres: Value, gamma: Value, signs: Float32Array | null): Value {
  return emitKernelsOf(graph, points, centres, [gamma], signs)[0]!;
}

/** The kernels of several gammas: distances are computed once. */
export function emitKernelsOf(graph: GraphBuilder, points: Value, centres: Value, gammas: readonly Value[], signs: Float32Array | null): Value[] {
  const distances = emitDistances(graph, points, centres);
  const mirrored = signs === null ? null : emitDistances(graph, turned(graph, points, signs), centres);
  return gammas.map((gamma) => {
    const own = emitGaussians(graph, distances, gamma);
    return mirrored === null ? own : plus(graph, own, emitGaussians(graph, mirrored, gamma));
  });
}

/** The signs of where rows lie, where those of the inputs are `signs`: a mirror leaves probabilities as they are. */
export function pointSigns(signs: Float32Array | null, width: number): Float32Array | null {
  return signs === null ? null : Float32Array.from({ length: width }, (_, j) => signs[j] ?? 1);
}

/** |x - z|^2 of all pairs: the rows of `points` (N x d) against those of `centres` (m x d). */
function emitDistances(graph: GraphBuilder, points: Value, centres: Value): Value {
  const norms = (value: Value) => rowSum(graph, times(graph, value, value));
  const transposed = (value: Value) => graph.node('Transpose', [value], { perm: [1, 0] });
  const product = graph.node('MatMul', [points, transposed(centres)]);
  const squared = plus(graph, plus(graph, times(graph, product, -2), norms(points)), transposed(norms(centres)));
  return graph.node('Max', [squared, graph.scalar('float32', 0)]);
}

/** exp(-gamma d) of squared distances. */
function emitGaussians(graph: GraphBuilder, distances: Value, gamma: Value): Value {
  return graph.node('Exp', [graph.node('Neg', [times(graph, distances, gamma)])]);
}
