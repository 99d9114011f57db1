import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { MASK, atLeast, beside, clip, filled, matrix, minus, oneHot, plus, rowReduce, rowSum, times, toIndex, turned } from './operators.js';
import type { ReferenceStore } from './reference-store.js';

export interface AffinityValues {
  /** N x classes: U_k = mean of the log distances to the nearest of each class - that of class k. Large means near. */
  readonly affinities: Value;
  /** N x 1: H, the log distance to the 5th nearest stored point of any class. */
  readonly spread: Value;
}

/** In training a stored row must not find itself: its position in the store, and what is added to that distance (0 when not stored). */
export interface LeaveOut {
  /** float32 N x 1. */
  readonly position: Value;
  /** float32 N x 1. */
  readonly penalty: Value;
}

/** Squared distance that stands for "there is none"; real ones stay below 1e7. */
export const NO_POINT = 1e30;
const NEIGHBOUR = 5;

/**
 * Emits the nearest-class distances of `points` (N x store width) to the stored points: squared Euclidean, by one matrix product.
 * The points are centred already, so |x|^2 + |s|^2 - 2 x.s cancels little; |x|^2 is the same for all stored points
 * and is added after the minima.
 */
export function emitAffinities(graph: GraphBuilder, points: Value, store: ReferenceStore, leaveOut: LeaveOut | null): AffinityValues {
  const relative = relativeDistances(graph, points, store, leaveOut);
  const norm = rowSum(graph, times(graph, points, points));
  const absolute = (value: Value) => atLeast(graph, plus(graph, value, norm), 0);
  const nearest = absolute(nearestOfEachClass(graph, relative, store));
  const count = Math.max(1, Math.min(NEIGHBOUR, store.size - (leaveOut === null ? 0 : 1)));
  const [closest] = graph.nodes('TopK', [relative, graph.ints([count])], 2, { axis: 1, largest: 0, sorted: 0 }) as [Value, Value];
  const squared = atLeast(graph, absolute(rowReduce(graph, 'ReduceMax', closest)), 1e-6);
  const smoothed = plus(graph, plus(graph, nearest, times(graph, squared, 1e-4)), 1e-9);
  const logs = times(graph, graph.node('Log', [smoothed]), 0.5);
  const complete = leaveOut === null && store.counts.every((n) => n > 0) ? logs : fillUnknown(graph, logs, nearest, store.classes);
  return {
    affinities: minus(graph, rowReduce(graph, 'ReduceMean', complete), complete),
    spread: times(graph, graph.node('Log', [squared]), 0.5),
  };
}

/** N x size: |s|^2 - 2 x.s, to the stored point or, where rows mean the same in a mirror, to its mirror image, whichever is nearer. */
function relativeDistances(graph: GraphBuilder, points: Value, store: ReferenceStore, leaveOut: LeaveOut | null): Value {
  const [transposed, norms] = storedColumns(store);
  const { width, size, signs } = store;
  const weights = matrix(graph, width, size, transposed, 'stored_points');
  const lengths = graph.floats(norms);
  const product = (value: Value): Value => graph.node('Gemm', [value, weights, lengths]);
  const own = product(points);
  const nearer = signs === null ? own : graph.node('Min', [own, product(turned(graph, points, signs))]);
  if (leaveOut === null) return nearer;
  return graph.node('ScatterElements', [nearer, toIndex(graph, leaveOut.position), leaveOut.penalty], { axis: 1, reduction: 'add' });
}

/** width x size: -2 s; and |s|^2. */
function storedColumns({ points: stored, width, size }: ReferenceStore): readonly [transposed: Float32Array, norms: Float32Array] {
  const transposed = new Float32Array(width * size);
  const norms = new Float32Array(size);
  for (let s = 0; s < size; s++) {
    let norm = 0;
    for (let j = 0; j < width; j++) {
      const value = stored[s * width + j]!;
      transposed[j * size + s] = -2 * value;
      norm += value * value;
    }
    norms[s] = norm;
  }
  return [transposed, norms];
}

function nearestOfEachClass(graph: GraphBuilder, relative: Value, { counts, classes }: ReferenceStore): Value {
  const present = [...counts].filter((n) => n > 0);
  const parts = present.length === 1 ? [relative] : graph.nodes('Split', [relative, graph.ints(present)], present.length, { axis: 1 });
  let next = 0;
  const minima = Array.from({ length: classes }, (_, k) => {
    const part = counts[k]! > 0 ? parts[next++] : undefined;
    return part === undefined ? filled(graph, relative, 1, NO_POINT) : rowReduce(graph, 'ReduceMin', part);
  });
  return beside(graph, minima);
}

/** A class without a stored point gets the median of the row's known log distances. */
function fillUnknown(graph: GraphBuilder, logs: Value, nearest: Value, classes: number): Value {
  const unknown = graph.node('Greater', [nearest, graph.scalar('float32', NO_POINT / 10)]);
  const [ascending] = graph.nodes('TopK', [logs, graph.ints([classes])], 2, { axis: 1, largest: 0, sorted: 1 }) as [Value, Value];
  const known = toIndex(graph, graph.node('Not', [unknown]));
  const count = graph.node('ReduceSum', [known, graph.ints([1])], { keepdims: 1 });
  const half = (value: Value) => graph.node('Div', [value, graph.scalar('int64', 2)]);
  const lower = half(graph.node('Max', [graph.node('Sub', [count, graph.scalar('int64', 1)]), graph.scalar('int64', 0)]));
  const upper = half(count);
  const at = (index: Value) => graph.node('GatherElements', [ascending, index], { axis: 1 });
  const median = times(graph, plus(graph, at(lower), at(upper)), 0.5);
  return graph.node('Where', [unknown, median, logs]);
}

/** N x 1: clip(max_{k != y} U_k - U_y, -3, 3), the negated log TrustScore (Jiang et al. 2018) of the predicted class y. */
export function emitTrust(graph: GraphBuilder, affinities: Value, predicted: Value, classes: number): Value {
  const indicators = oneHot(graph, predicted, classes);
  const others = rowReduce(graph, 'ReduceMax', plus(graph, affinities, times(graph, indicators, MASK)));
  return clip(graph, minus(graph, others, rowSum(graph, times(graph, affinities, indicators))), -3, 3);
}
