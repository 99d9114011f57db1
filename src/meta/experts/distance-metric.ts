import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { matrix } from './operators.js';

/** A linear map of Xi; distances are measured between its images. */
export interface DistanceMetric {
  /** Numbers in Xi, and in its image. */
  readonly width: number;
  /** Of the squared distance, how much weighs directions by what was learnt of them; the rest are plain distances. */
  readonly share: number;
  /** width x width, row-major: Xi times this. Along its columns the images vary less and less, 1 along the first. */
  readonly projection: Float32Array;
}

/** N x width: where the rows lie for everything that measures distances; Xi itself without a metric. */
export function emitPoints(graph: GraphBuilder, transformed: Value, metric: DistanceMetric | null): Value {
  if (metric === null) return transformed;
  return graph.node('MatMul', [transformed, matrix(graph, metric.width, metric.width, metric.projection, 'metric')]);
}
