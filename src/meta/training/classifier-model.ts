import { createDirectSession } from '../../engine/direct-session.js';
import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitScaling } from './classifier-scaling.js';
import type { Scaling } from './classifier-scaling.js';
import { emitNets } from './net-evaluation.js';
import { mapParameters } from './net-types.js';
import type { NetWeights } from './net-types.js';

/** Its own prefix, so that a graph of the service can be appended to this one without a clash of names. */
const PREFIX = 'classifier_';

export interface ClassifierModelOptions {
  /** Shape of one row of the input; its product is the width of the net. */
  readonly inputShape: readonly number[];
  readonly output: 'probabilities' | 'logits';
  /** Class names by index, kept in the model's metadata as a JSON array under `class_labels`; null for none. */
  readonly labels: readonly string[] | null;
  readonly scaling: Scaling | null;
}

/** Scaled rows, by the operators that the exported model uses too, so that the net trains on the very numbers it will see. */
export async function scaleRows(inputs: Float32Array, rows: number, width: number, scaling: Scaling | null): Promise<Float32Array> {
  if (scaling === null) return inputs;
  const graph = createGraphBuilder();
  graph.output('scaled', emitScaling(graph, graph.input('inputs', 'float32', ['rows', width]), scaling), 'float32', ['rows', width]);
  const session = await createDirectSession({ bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const { scaled } = await session.run({ inputs: { type: 'float32', dims: [rows, width], data: inputs } });
    if (scaled?.type !== 'float32') throw new Error('the scaling graph gave no output');
    return scaled.data;
  } finally {
    await session.release();
  }
}

/** The net of an ensemble of one as matrices of rank 2, which serve any number of rows with one Gemm each. */
function emitLogits(graph: GraphBuilder, inputs: Value, weights: NetWeights): Value {
  const { width, hidden, outputs } = weights;
  const dims = { w1: [width, hidden], b1: [hidden], w2: [hidden, outputs], b2: [outputs] };
  const parameters = mapParameters((name) => graph.constant({ type: 'float32', dims: dims[name], data: weights[name] }, name));
  return emitNets(graph, inputs, parameters);
}

/**
 * The model's ONNX bytes. Input: `input`, float32 (batch, ...inputShape), unscaled. Output: `probabilities` or `logits`,
 * float32 (batch, classes).
 */
export function exportClassifier(weights: NetWeights, options: ClassifierModelOptions): Uint8Array {
  const graph = createGraphBuilder({ prefix: PREFIX });
  const input = graph.input('input', 'float32', ['batch', ...options.inputShape]);
  const flat = options.inputShape.length === 1 ? input : graph.node('Reshape', [input, graph.ints([-1, weights.width])]);
  const logits = emitLogits(graph, emitScaling(graph, flat, options.scaling), weights);
  const output = options.output === 'logits' ? logits : graph.node('Softmax', [logits], { axis: -1 });
  graph.output(options.output, output, 'float32', ['batch', weights.outputs]);
  return graph.toModel(options.labels === null ? {} : { class_labels: JSON.stringify(options.labels) });
}
