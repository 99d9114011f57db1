import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addAveragePool } from './pooling.js';

/** Of the weakest direction of a cell: edges leave some directions empty, noise leaves none. */
const NOISE_PART = 0.9;

/** What is counted in each cell. */
export interface DirectionCells {
  readonly directions: number;
  /** Cells on each side. */
  readonly cells: number;
}

/** Pads float32 [N, C, H, W] by one on every side; the border repeats itself outwards. */
export function addBorder(graph: GraphBuilder, maps: Value): Value {
  return graph.node('Pad', [maps, graph.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'edge' });
}

/** Mean strength of each direction in each cell, less what noise gives to all of them. `strengths`: [N, directions, height, width]; gives [N, directions, cells²]. */
export function addCells(graph: GraphBuilder, strengths: Value, { height, width }: { readonly height: number; readonly width: number }, { directions, cells }: DirectionCells): Value {
  const means = addAveragePool(graph, { value: strengths, hasChannels: true, height, width }, { height: cells, width: cells });
  const byDirection = graph.node('Reshape', [means, graph.ints([0, directions, cells ** 2])]);
  const weakest = graph.node('ReduceMin', [byDirection], { axes: [1], keepdims: 1 });
  return graph.node('Sub', [byDirection, graph.node('Mul', [weakest, graph.scalar('float32', NOISE_PART)])]);
}
