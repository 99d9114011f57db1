import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

/** Added to what a maximum or a log-sum-exp must not see; its square is far from the float32 range. */
export const MASK = -1e30;
const ONNX_FLOAT = 1;
const ONNX_INT64 = 7;

/** Columns [from, to) of a matrix. */
export function columns(graph: GraphBuilder, value: Value, from: number, to: number): Value {
  return graph.node('Slice', [value, graph.ints([from]), graph.ints([to]), graph.ints([1])]);
}

export function clip(graph: GraphBuilder, value: Value, low: number, high: number): Value {
  return graph.node('Clip', [value, graph.scalar('float32', low), graph.scalar('float32', high)]);
}

export function atLeast(graph: GraphBuilder, value: Value, low: number): Value {
  return graph.node('Max', [value, graph.scalar('float32', low)]);
}

export function plus(graph: GraphBuilder, a: Value, b: Value | number): Value {
  return graph.node('Add', [a, typeof b === 'number' ? graph.scalar('float32', b) : b]);
}

export function minus(graph: GraphBuilder, a: Value, b: Value): Value {
  return graph.node('Sub', [a, b]);
}

export function times(graph: GraphBuilder, a: Value, b: Value | number): Value {
  return graph.node('Mul', [a, typeof b === 'number' ? graph.scalar('float32', b) : b]);
}

/** Rows of points in the mirror: each number times its sign (`signs`, 1 or -1). */
export function turned(graph: GraphBuilder, points: Value, signs: Float32Array): Value {
  return times(graph, points, matrix(graph, 1, signs.length, signs, 'mirror'));
}

export function toFloat(graph: GraphBuilder, value: Value): Value {
  return graph.node('Cast', [value], { to: ONNX_FLOAT });
}

/** Whole numbers as int64, the type of indexes and counts. */
export function toIndex(graph: GraphBuilder, value: Value): Value {
  return graph.node('Cast', [value], { to: ONNX_INT64 });
}

/** Sum over the last axis, kept as 1. */
export function rowSum(graph: GraphBuilder, value: Value): Value {
  return graph.node('ReduceSum', [value, graph.ints([-1])], { keepdims: 1 });
}

/** Mean, maximum or minimum over the last axis, kept as 1. */
export function rowReduce(graph: GraphBuilder, op: 'ReduceMean' | 'ReduceMax' | 'ReduceMin', value: Value): Value {
  return graph.node(op, [value], { axes: [-1], keepdims: 1 });
}

/** ln sum exp over the last axis, kept as 1; the maximum is taken out first, so it neither overflows nor loses small terms. */
export function logSumExp(graph: GraphBuilder, value: Value): Value {
  const largest = rowReduce(graph, 'ReduceMax', value);
  const shifted = graph.node('Exp', [minus(graph, value, largest)]);
  return plus(graph, graph.node('Log', [rowSum(graph, shifted)]), largest);
}

/** d x d: the outer products of the rows (N x d), summed. */
export function outerProduct(graph: GraphBuilder, rows: Value): Value {
  return graph.node('MatMul', [graph.node('Transpose', [rows], { perm: [1, 0] }), rows]);
}

/** Matrices side by side. */
export function beside(graph: GraphBuilder, values: readonly Value[]): Value {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : graph.node('Concat', values, { axis: 1 });
}

/** A constant matrix, row-major. */
export function matrix(graph: GraphBuilder, rows: number, width: number, data: ArrayLike<number>, hint: string): Value {
  return graph.constant({ type: 'float32', dims: [rows, width], data: Float32Array.from(data) }, hint);
}

/** An N x width matrix of one value, with the N of `like`. */
export function filled(graph: GraphBuilder, like: Value, width: number, value: number): Value {
  const rows = graph.node('Shape', [like], { start: 0, end: 1 });
  const shape = graph.node('Concat', [rows, graph.ints([width])], { axis: 0 });
  return graph.node('Expand', [graph.scalar('float32', value), shape]);
}

/** Indicators (N x classes) of class indexes given as float32 (N x 1). */
export function oneHot(graph: GraphBuilder, predicted: Value, classes: number): Value {
  const range = matrix(graph, 1, classes, Float32Array.from({ length: classes }, (_, k) => k), 'class_range');
  return toFloat(graph, graph.node('Equal', [predicted, range]));
}

/**
 * The failure logit fl(Z, y) = ln sum_{k != y} exp Z_k - Z_y of the label y under softmax(Z), clipped to +-16. The last axis of
 * `logits` and `indicators` (of y) are the classes; it is kept as 1.
 */
export function failureLogit(graph: GraphBuilder, logits: Value, indicators: Value): Value {
  const others = logSumExp(graph, plus(graph, logits, times(graph, indicators, MASK)));
  const own = rowSum(graph, times(graph, logits, indicators));
  return clip(graph, minus(graph, others, own), -16, 16);
}
