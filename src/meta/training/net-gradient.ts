import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { NetHead, PerParameter } from './net-types.js';

/** A mini-batch of each member. */
export interface BatchValues {
  /** (members, batch, width). */
  readonly inputs: Value;
  /** (members, batch, outputs), or null for zero. */
  readonly offsets: Value | null;
  /** (members, batch, outputs): one-hot classes of a softmax head, 0 or 1 of a sigmoid head; of the inputs' type. */
  readonly targets: Value;
}

export interface GradientOptions {
  readonly head: NetHead;
  readonly batchSize: number;
  readonly type: 'float32' | 'float64';
}

/**
 * Writes the gradients of each member's mean loss over its mini-batch with respect to its parameters (shapes as in
 * `parameterShapes`). Softmax cross-entropy and sigmoid log loss have the same derivative by the logits:
 * (probability - target) / batch. The rest is back-propagation (Rumelhart, Hinton and Williams 1986).
 */
export function emitGradients(
  graph: GraphBuilder,
  batch: BatchValues,
  parameters: PerParameter<Value>,
  options: GradientOptions,
): PerParameter<Value> {
  const { inputs, offsets, targets } = batch;
  const rowAxis = graph.ints([1]);
  const sumRows = (value: Value): Value => graph.node('ReduceSum', [value, rowAxis], { keepdims: 1 });
  const transpose = (value: Value): Value => graph.node('Transpose', [value], { perm: [0, 2, 1] });

  const hidden = graph.node('Relu', [graph.node('Add', [graph.node('MatMul', [inputs, parameters.w1]), parameters.b1])]);
  const net = graph.node('Add', [graph.node('MatMul', [hidden, parameters.w2]), parameters.b2]);
  const logits = offsets === null ? net : graph.node('Add', [net, offsets]);
  const probabilities = options.head === 'softmax' ? graph.node('Softmax', [logits], { axis: -1 }) : graph.node('Sigmoid', [logits]);
  const residuals = graph.node('Sub', [probabilities, targets]);
  const byLogits = graph.node('Mul', [residuals, graph.scalar(options.type, 1 / options.batchSize)]);

  const byHidden = graph.node('MatMul', [byLogits, transpose(parameters.w2)]);
  const active = graph.node('Greater', [hidden, graph.scalar(options.type, 0)]);
  // A product is faster than Where, which makes two passes.
  const byActivation = graph.node('Mul', [byHidden, graph.node('Cast', [active], { to: ELEMENT_TYPE_NUMBERS[options.type] })]);
  return {
    w1: graph.node('MatMul', [transpose(inputs), byActivation]),
    b1: sumRows(byActivation),
    w2: graph.node('MatMul', [transpose(hidden), byLogits]),
    b2: sumRows(byLogits),
  };
}
