import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { GraphImage } from './graph-image.js';

/**
 * Weights size x cells (row-major) that average `size` neighbours into `cells` equal intervals, a value on a border
 * counting by its part: area interpolation, which is plain average pooling where `cells` divides `size`.
 */
export function poolingWeights(size: number, cells: number): Float32Array {
  const weights = new Float32Array(size * cells);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < cells; c++) {
      const overlap = Math.min(i + 1, ((c + 1) * size) / cells) - Math.max(i, (c * size) / cells);
      weights[i * cells + c] = (Math.max(0, overlap) * cells) / size;
    }
  }
  return weights;
}

/** The same weights as operators, for a size that is known only at run time. */
function addVariableWeights(graph: GraphBuilder, value: Value, axis: number, cells: number): Value {
  const zero = graph.scalar('float32', 0);
  const one = graph.scalar('float32', 1);
  const size = graph.node('Cast', [graph.node('Gather', [graph.node('Shape', [value]), graph.scalar('int64', axis)])], { to: ELEMENT_TYPE_NUMBERS.float32 });
  const from = graph.node('Unsqueeze', [graph.node('Range', [zero, size, one]), graph.ints([1])]);
  const borders = Array.from({ length: cells + 1 }, (_, c) => c / cells);
  const starts = graph.node('Mul', [graph.floats(borders.slice(0, -1)), size]);
  const ends = graph.node('Mul', [graph.floats(borders.slice(1)), size]);
  const overlap = graph.node('Sub', [graph.node('Min', [graph.node('Add', [from, one]), ends]), graph.node('Max', [from, starts])]);
  const width = graph.node('Div', [size, graph.scalar('float32', cells)]);
  return graph.node('Div', [graph.node('Max', [overlap, zero]), width]);
}

/**
 * Average pooling to [N, channels x height x width], channel by channel. Two matrix products, so every size and every grid goes; a side that keeps its
 * size needs none.
 */
export function addAveragePool(graph: GraphBuilder, image: GraphImage, grid: { readonly height: number; readonly width: number }): Value {
  const heightAxis = image.hasChannels ? 2 : 1;
  const weights = (size: number | null, axis: number, cells: number): Value =>
    size === null ? addVariableWeights(graph, image.value, axis, cells) : graph.constant({ type: 'float32', dims: [size, cells], data: poolingWeights(size, cells) });
  const narrowed = image.width === grid.width ? image.value : graph.node('MatMul', [image.value, weights(image.width, heightAxis + 1, grid.width)]);
  const lowered = image.height === grid.height ? narrowed : graph.node('MatMul', [graph.node('Transpose', [weights(image.height, heightAxis, grid.height)], { perm: [1, 0] }), narrowed]);
  return graph.node('Flatten', [lowered], { axis: 1 });
}
