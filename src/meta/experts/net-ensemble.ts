import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { NetWeights } from '../training/net-types.js';
import { clip, failureLogit, matrix, oneHot, plus } from './operators.js';

/** What the nets correct: pooled class logits of the predicted class's failure, or a failure logit. */
export type NetOffset =
  | { readonly kind: 'classes'; readonly logits: Value; readonly predicted: Value }
  | { readonly kind: 'outcomes'; readonly logit: Value };

/**
 * Emits the mean failure logit (N x 1) of all nets. The hidden layers of the M nets are one product (d x M h); the output
 * layers are one batched product.
 */
export function emitNetEnsemble(graph: GraphBuilder, inputs: Value, weights: NetWeights, offset: NetOffset): Value {
  const { members, width, hidden, outputs } = weights;
  const w1 = matrix(graph, width, members * hidden, sideBySide(weights), 'net_hidden_weights');
  const layer = graph.node('Relu', [graph.node('Gemm', [inputs, w1, graph.floats(weights.b1)])]);
  const split = graph.node('Reshape', [layer, graph.ints([-1, members, hidden])]);
  const byNet = graph.node('Transpose', [split], { perm: [1, 0, 2] });
  const w2 = graph.constant({ type: 'float32', dims: [members, hidden, outputs], data: weights.w2 }, 'net_output_weights');
  const b2 = graph.constant({ type: 'float32', dims: [members, 1, outputs], data: weights.b2 }, 'net_output_biases');
  const corrections = plus(graph, graph.node('MatMul', [byNet, w2]), b2);
  return graph.node('ReduceMean', [scores(graph, corrections, offset, outputs)], { axes: [0], keepdims: 0 });
}

/** M x N x 1. */
function scores(graph: GraphBuilder, corrections: Value, offset: NetOffset, outputs: number): Value {
  if (offset.kind === 'outcomes') return clip(graph, plus(graph, corrections, offset.logit), -16, 16);
  return failureLogit(graph, plus(graph, corrections, offset.logits), oneHot(graph, offset.predicted, outputs));
}

/** Hidden weights (M, d, h) as one d x (M h) matrix. */
function sideBySide({ members, width, hidden, w1 }: NetWeights): Float32Array {
  const joined = new Float32Array(w1.length);
  for (let m = 0; m < members; m++) {
    for (let j = 0; j < width; j++) {
      const from = (m * width + j) * hidden;
      joined.set(w1.subarray(from, from + hidden), (j * members + m) * hidden);
    }
  }
  return joined;
}
