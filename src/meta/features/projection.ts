import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { createRandom } from '../training/random.js';
import { STATISTICS, addStatistics } from './statistics.js';

const SEED = 20_260_101;

export interface CountSketch {
  /** buckets x depth indices of elements, row-major; padding points to element 0. */
  readonly order: BigInt64Array;
  /** Their signs, divided by sqrt(depth); 0 at padding. */
  readonly signs: Float32Array;
  readonly depth: number;
}

/**
 * A sparse random projection in which every element is added to exactly one bucket with a random sign (count sketch:
 * Charikar, Chen and Farach-Colton 2002), here with buckets of equal size, so it costs one pass over the elements and
 * keeps squared distances in expectation up to a factor. Deterministic for elements, buckets and stream.
 */
export function countSketch(elements: number, buckets: number, stream: number): CountSketch {
  const random = createRandom(SEED, stream);
  const permutation = Int32Array.from({ length: elements }, (_, i) => i);
  random.shuffle(permutation);
  const depth = Math.ceil(elements / buckets);
  const order = new BigInt64Array(buckets * depth);
  const signs = new Float32Array(buckets * depth);
  permutation.forEach((element, i) => {
    const slot = (i % buckets) * depth + Math.floor(i / buckets);
    order[slot] = BigInt(element);
    signs[slot] = (random.uniform() < 0.5 ? 1 : -1) / Math.sqrt(depth);
  });
  return { order, signs, depth };
}

/** float32 [N, elements] to [N, buckets]. */
function addCountSketch(graph: GraphBuilder, flat: Value, elements: number, buckets: number, stream: number): Value {
  const { order, signs, depth } = countSketch(elements, buckets, stream);
  const indices = graph.constant({ type: 'int64', dims: [order.length], data: order });
  const signed = graph.node('Mul', [graph.node('Gather', [flat, indices], { axis: 1 }), graph.floats(signs)]);
  return graph.node('ReduceSum', [graph.node('Reshape', [signed, graph.ints([0, buckets, depth])]), graph.ints([2])], { keepdims: 0 });
}

/**
 * A finite float32 tensor [N, ...] to [N, width]. Dimensions after the batch that vary are replaced by their statistics
 * first; what is still too wide becomes four statistics over all of the row and a count sketch of `width` - 4.
 */
export function addProjection(graph: GraphBuilder, value: Value, dims: readonly (number | null)[], width: number, stream: number): Value {
  const axes = dims.map((_, axis) => axis).slice(1);
  const variable = axes.filter((axis) => dims[axis] === null);
  const flatten = (each: Value): Value => graph.node('Flatten', [each], { axis: 1 });
  const parts = variable.length === 0 ? [value] : addStatistics(graph, value, variable, true);
  const flat = parts.length === 1 ? flatten(value) : graph.node('Concat', parts.map(flatten), { axis: 1 });
  const elements = axes.reduce((product, axis) => product * (dims[axis] ?? 1), parts.length);
  if (elements === width) return flat;
  const summary = addStatistics(graph, value, axes, variable.length > 0).slice(0, width).map(flatten);
  if (width > STATISTICS) summary.push(addCountSketch(graph, flat, elements, width - STATISTICS, stream));
  return graph.node('Concat', summary, { axis: 1 });
}
