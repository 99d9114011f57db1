import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

/** Largest absolute value of an input feature: its squares, summed over many rows, still fit a float32. */
export const FEATURE_LIMIT = 1e12;

export interface FiniteRange {
  readonly type: 'float32' | 'float64';
  /** What NaN becomes. */
  readonly missing: number;
  readonly least: number;
  readonly most: number;
}

/** Replaces NaN (a missing value in tables) and clips everything else, infinities included, to the range. */
export function addFinite(graph: GraphBuilder, value: Value, { type, missing, least, most }: FiniteRange): Value {
  const known = graph.node('Where', [graph.node('IsNaN', [value]), graph.scalar(type, missing), value]);
  return graph.node('Clip', [known, graph.scalar(type, least), graph.scalar(type, most)]);
}

/** The same for input features. */
export function addFiniteFeature(graph: GraphBuilder, value: Value): Value {
  return addFinite(graph, value, { type: 'float32', missing: 0, least: -FEATURE_LIMIT, most: FEATURE_LIMIT });
}
