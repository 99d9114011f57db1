import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

/** How many statistics summarize a tensor: mean, standard deviation, minimum, maximum. */
export const STATISTICS = 4;

/** What a reduction over nothing at all gives, NaN or an infinity, as 0; the values themselves are finite. */
function addZeroIfEmpty(graph: GraphBuilder, value: Value): Value {
  const nothing = graph.node('Or', [graph.node('IsNaN', [value]), graph.node('IsInf', [value])]);
  return graph.node('Where', [nothing, graph.scalar('float32', 0), value]);
}

/** Square root of the mean square over the axes, kept with size 1. */
export function addRootMeanSquare(graph: GraphBuilder, value: Value, axes: readonly number[]): Value {
  return graph.node('Sqrt', [graph.node('ReduceMean', [graph.node('Mul', [value, value])], { axes, keepdims: 1 })]);
}

/**
 * Four float32 values of a finite tensor: mean, population standard deviation, minimum and maximum over the axes, kept with size 1; zeros over an axis that
 * is empty, which costs operators where that `mayBeEmpty`.
 */
export function addStatistics(graph: GraphBuilder, value: Value, axes: readonly number[], mayBeEmpty: boolean): Value[] {
  const over = { axes, keepdims: 1 };
  const mean = graph.node('ReduceMean', [value], over);
  const deviation = addRootMeanSquare(graph, graph.node('Sub', [value, mean]), axes);
  const statistics = [mean, deviation, graph.node('ReduceMin', [value], over), graph.node('ReduceMax', [value], over)];
  return mayBeEmpty ? statistics.map((each) => addZeroIfEmpty(graph, each)) : statistics;
}
