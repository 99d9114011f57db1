import { createDirectSession } from '../../engine/direct-session.js';
import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { Tensor } from '../../engine/tensor.js';
import { emitKernel } from './kernel-points.js';

/** How the regressions' graphs are run. */
export const SESSION = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

/** Kernel values of all pairs (n x m) of `points` (n x width) and `centres` (m x width); `signs`: see `emitKernel`. */
export async function gaussiansOf(points: Float32Array, centres: Float32Array, width: number, gamma: number, signs: Float32Array | null): Promise<Tensor> {
  const session = await createDirectSession({ bytes: buildGaussiansModel(width, signs) }, SESSION);
  try {
    const matrix = (data: Float32Array): Tensor => ({ type: 'float32', dims: [data.length / width, width], data });
    const { gaussians } = await session.run({ points: matrix(points), centres: matrix(centres), gamma: { type: 'float32', dims: [], data: Float32Array.of(gamma) } });
    if (gaussians === undefined) throw new Error('the graph gave no kernel values');
    return gaussians;
  } finally {
    await session.release();
  }
}

function buildGaussiansModel(width: number, signs: Float32Array | null): Uint8Array {
  const graph = createGraphBuilder();
  const points = graph.input('points', 'float32', ['rows', width]);
  const centres = graph.input('centres', 'float32', ['centres', width]);
  graph.output('gaussians', emitKernel(graph, points, centres, graph.input('gamma', 'float32', []), signs), 'float32', [null, null]);
  return graph.toModel();
}
