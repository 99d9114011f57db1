import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { Tensor } from '../../engine/tensor.js';
import { minus, outerProduct, times } from '../experts/operators.js';
import { pickRows } from '../training/pick-rows.js';
import { gaussiansOf, SESSION } from './gaussians.js';
import type { RidgeFit, RidgeHooks } from './ridge.js';

/** Centres at which gradients are taken, evenly over their order. */
const MOST_SAMPLES = 1000;

/**
 * The average outer product of the gradients of a kernel regression, summed over its classes (width x width, row-major, up to a factor): in which
 * directions of the inputs what it learnt changes (Härdle and Stoker, JASA 1989; for kernel machines Radhakrishnan et al., Science 2024).
 */
export async function gradientProducts(
  { centres, gamma, coefficients }: Pick<RidgeFit, 'centres' | 'gamma' | 'coefficients'>, width: number, classes: number, { signal, onProgress }: RidgeHooks = {},
): Promise<Float64Array> {
  const count = centres.length / width;
  const samples = samplesOf(centres, width, count);
  const points: Tensor = { type: 'float32', dims: [count, width], data: centres };
  const sum = new Float64Array(width * width);
  // All classes share them.
  const gaussians = await gaussiansOf(samples.data, centres, width, gamma, null);
  const session = await createDirectSession({ bytes: buildGradientModel(width) }, SESSION);
  try {
    for (let k = 0; k < classes; k++) {
      // A run blocks the thread.
      await nextTurn();
      signal?.throwIfAborted();
      const weights: Tensor = { type: 'float32', dims: [count, 1], data: Float32Array.from({ length: count }, (_, row) => coefficients[row * classes + k]!) };
      const { product } = await session.run({ samples, points, gaussians, weights });
      for (let i = 0; i < sum.length; i++) sum[i]! += (product!.data as Float32Array)[i]!;
      onProgress?.(k + 1, classes);
    }
  } finally {
    await session.release();
  }
  return sum;
}

function samplesOf(centres: Float32Array, width: number, count: number): Tensor & { readonly data: Float32Array } {
  const size = Math.min(MOST_SAMPLES, count);
  const rows = Int32Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
  return { type: 'float32', dims: [size, width], data: pickRows(centres, width, rows) };
}

/** Of one class: the gradient at x is 2 gamma sum_j w_j k(x, z_j) (z_j - x); the factor is left out. */
function buildGradientModel(width: number): Uint8Array {
  const graph = createGraphBuilder();
  const samples = graph.input('samples', 'float32', ['samples', width]);
  const points = graph.input('points', 'float32', ['rows', width]);
  const gaussians = graph.input('gaussians', 'float32', ['samples', 'rows']);
  const weights = graph.input('weights', 'float32', ['rows', 1]);
  const drawn = graph.node('MatMul', [gaussians, times(graph, points, weights)]);
  const gradients = minus(graph, drawn, times(graph, samples, graph.node('MatMul', [gaussians, weights])));
  graph.output('product', outerProduct(graph, gradients), 'float32', [width, width]);
  return graph.toModel();
}
