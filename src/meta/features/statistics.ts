import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

/** How many statistics summarize a tensor: mean, standard deviation, minimum, maximum. */
export const STATISTICS = 4;

/** Four float32 values: mean, population standard deviation, minimum and maximum over the axes, kept with size 1. */
export function addStatistics(graph: GraphBuilder, value: Value, axes: readonly number[]): Value[] {
  const over = { axes, keepdims: 1 };
  const mean = graph.node('ReduceMean', [value], over);
  const difference = graph.node('Sub', [value, mean]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [difference, difference])], over);
  return [mean, graph.node('Sqrt', [variance]), graph.node('ReduceMin', [value], over), graph.node('ReduceMax', [value], over)];
}
