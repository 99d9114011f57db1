import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { META_GRAPH } from '../../src/meta/features/layout.js';

/** Probabilities of three classes: `x` float32 [N, 3] through a softmax, with the input itself as second output. */
export function softmaxModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['N', 3]);
  graph.output('probabilities', graph.node('Softmax', [x], { axis: 1 }), 'float32', ['N', 3]);
  graph.output('echo', x, 'float32', ['N', 3]);
  return graph.toModel();
}

/** Probabilities picked from a table by `x` int64 [N], 0 to 3; another index makes the engine fail. */
export function tableModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'int64', ['N']);
  const table = graph.constant({ type: 'float32', dims: [4, 2], data: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.5, 0.5) });
  graph.output('probabilities', graph.node('Gather', [table, x], { axis: 0 }), 'float32', ['N', 2]);
  return graph.toModel();
}

/** A row-wise model of many types: sums of the rows of `a`, all the inputs as they are. */
export function mixedModel(): Uint8Array {
  const graph = createGraphBuilder();
  const a = graph.input('a', 'float32', ['N', 'L']);
  const b = graph.input('b', 'int64', ['N']);
  const s = graph.input('s', 'string', ['N', 2]);
  const f = graph.input('f', 'bool', ['N']);
  const sum = graph.node('ReduceSum', [a, graph.ints([1])], { keepdims: 0 });
  graph.output('value', graph.node('Add', [sum, graph.node('Cast', [b], { to: 1 })]), 'float32', ['N']);
  graph.output('a_out', a, 'float32', ['N', 'L']);
  graph.output('s_out', s, 'string', ['N', 2]);
  graph.output('f_out', graph.node('Not', [f]), 'bool', ['N']);
  return graph.toModel();
}

/** `y` is the sum of `x` float32 without a batch dimension ([3]); `kept` is all of it. */
export function wholeModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', [3]);
  graph.output('y', graph.node('ReduceSum', [x, graph.ints([0])], { keepdims: 0 }), 'float32', []);
  graph.output('kept', x, 'float32', [3]);
  return graph.toModel();
}

/** Declares a batch, but `count` is one number for the whole batch. */
export function notRowWiseModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['N', 3]);
  graph.output('y', graph.node('ReduceSum', [x, graph.ints([1])], { keepdims: 0 }), 'float32', ['N']);
  graph.output('count', graph.node('Gather', [graph.node('Shape', [x]), graph.ints([0])]), 'int64', [1]);
  return graph.toModel();
}

/** A meta-model whose failure probability is a constant, NaN in rows whose first feature is negative. */
export function constantMetaModel(width: number, probability: number): Uint8Array {
  const graph = createGraphBuilder();
  const features = graph.input(META_GRAPH.input, 'float32', ['N', width]);
  const first = graph.node('Gather', [features, graph.scalar('int64', 0)], { axis: 1 });
  const undefinedRows = graph.node('Less', [first, graph.scalar('float32', 0)]);
  const score = graph.node('Where', [undefinedRows, graph.scalar('float32', NaN), graph.scalar('float32', probability)]);
  graph.output(META_GRAPH.output, score, 'float32', ['N']);
  return graph.toModel();
}
