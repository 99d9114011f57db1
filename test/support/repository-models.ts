import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { Dimension, GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { META_GRAPH } from '../../src/meta/features/layout.js';

/** Distinct weights of both signs, so that scores differ by class and by row. */
function weights(graph: GraphBuilder, rows: number, columns: number): Value {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(1 + i));
  return graph.constant({ type: 'float32', dims: [rows, columns], data });
}

/** Adds x @ W for an input `x` of `width` numbers a row, float32 [rows, columns]. */
function addScores(graph: GraphBuilder, width: number, columns: number, rows: Dimension): Value {
  return graph.node('MatMul', [graph.input('x', 'float32', [rows, width]), weights(graph, width, columns)]);
}

export interface ScoreModel {
  readonly width?: number;
  readonly columns?: number;
  /** Operator after the scores; none leaves them as they are. */
  readonly last?: 'Softmax' | 'Sigmoid' | 'LogSoftmax';
  readonly output?: string;
  readonly rows?: Dimension;
}

/** Scores of a linear model: input x, float32 [rows, width], output float32 [rows, columns]. */
export function scoreModel({ width = 4, columns = 3, last, output = 'y', rows = 'n' }: ScoreModel = {}): Uint8Array {
  const graph = createGraphBuilder();
  const scores = addScores(graph, width, columns, rows);
  graph.output(output, last === undefined ? scores : graph.node(last, [scores], last === 'Sigmoid' ? {} : { axis: -1 }), 'float32', [rows, columns]);
  return graph.toModel();
}

/** Three outputs: `embedding` float32 [n, 5], `logits` float32 [n, 3], `steps` int64 [n]. */
export function severalOutputsModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 4]);
  graph.output('embedding', graph.node('MatMul', [x, weights(graph, 4, 5)]), 'float32', ['n', 5]);
  const logits = graph.node('MatMul', [x, weights(graph, 4, 3)]);
  graph.output('logits', logits, 'float32', ['n', 3]);
  graph.output('steps', graph.node('Add', [graph.node('ArgMax', [logits], { axis: 1, keepdims: 0 }), graph.ints([7])]), 'int64', ['n']);
  return graph.toModel();
}

/** Loads, and fails in every run: the row of 4 numbers is to become 3. */
export function failingModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 4]);
  const shape = graph.node('Concat', [graph.node('Slice', [graph.node('Shape', [x]), graph.ints([0]), graph.ints([1])]), graph.ints([3])], { axis: 0 });
  graph.output('y', graph.node('Reshape', [x, shape]), 'float32', ['n', 3]);
  return graph.toModel();
}

/** Reads rows of 11 numbers only, though it declares no length, so that no synthetic input fits; answers [n, 2]. */
export function pickyModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 'length']);
  const columns = graph.node('Neg', [x]);
  const scores = graph.node('MatMul', [graph.node('MatMul', [columns, weights(graph, 11, 4)]), weights(graph, 4, 2)]);
  graph.output('y', graph.node('Softmax', [scores], { axis: -1 }), 'float32', ['n', 2]);
  return graph.toModel();
}

/** Declares a free batch, but a run of two rows fails. */
export function singleRowModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 4]);
  const one = graph.node('Reshape', [x, graph.ints([1, 4])]);
  graph.output('y', graph.node('Softmax', [graph.node('MatMul', [one, weights(graph, 4, 3)])], { axis: -1 }), 'float32', ['n', 3]);
  return graph.toModel();
}

/** No batch dimension: x float32 [4], y float32 [3]. */
export function batchlessModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', [4]);
  graph.output('y', graph.node('Softmax', [graph.node('MatMul', [x, weights(graph, 4, 3)])], { axis: -1 }), 'float32', [3]);
  return graph.toModel();
}

/** Images of any size and 3 channels; the scores keep two ones at the end, [n, 3, 1, 1]. At least 5 x 5 pixels are needed. */
export function imageModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 3, 'height', 'width']);
  const kernel = graph.constant({ type: 'float32', dims: [3, 3, 5, 5], data: Float32Array.from({ length: 225 }, (_, i) => Math.sin(i)) });
  const pooled = graph.node('GlobalAveragePool', [graph.node('Conv', [x, kernel])]);
  graph.output('y', graph.node('Softmax', [pooled], { axis: 1 }), 'float32', ['n', 3, 1, 1]);
  return graph.toModel();
}

/** A text and two integers a row; answers two integers, which are no scores. */
export function textModel(): Uint8Array {
  const graph = createGraphBuilder();
  const text = graph.input('text', 'string', ['n', 1]);
  const ages = graph.input('ages', 'int64', ['n', 2]);
  const codes = graph.node('LabelEncoder', [text], { keys_strings: ['yes'], values_int64s: [5n], default_int64: -1 }, 'ai.onnx.ml');
  graph.output('sum', graph.node('Add', [ages, codes]), 'int64', ['n', 2]);
  return graph.toModel();
}

/** Answers the failure probability `probability` for every row of `width` features. */
export function constantMetaModel(width: number, probability: number): Uint8Array {
  const graph = createGraphBuilder();
  const features = graph.input(META_GRAPH.input, 'float32', ['n', width]);
  const zeros = graph.node('Mul', [graph.node('ReduceMean', [features], { axes: [1], keepdims: 0 }), graph.scalar('float32', 0)]);
  graph.output(META_GRAPH.output, graph.node('Add', [zeros, graph.scalar('float32', probability)]), 'float32', ['n']);
  return graph.toModel();
}

/** `rows` rows of an input x of `width` numbers. */
export function someRows(rows: number, width = 4): Tensor {
  return { type: 'float32', dims: [rows, width], data: Float32Array.from({ length: rows * width }, (_, i) => Math.cos(i)) };
}
