import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { Dimension, GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';

type Build = (graph: GraphBuilder) => void;

function model(build: Build, opset = 17): Uint8Array {
  const graph = createGraphBuilder({ opset });
  build(graph);
  return graph.toModel();
}

function weights(graph: GraphBuilder, ...dims: number[]): Value {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return graph.constant({ type: 'float32', dims, data: Float32Array.from({ length }, (_, i) => Math.sin(1 + i)) });
}

/** Scores [rows, 3] of an input x [rows, 4]. */
function scores(graph: GraphBuilder, rows: Dimension): Value {
  return graph.node('MatMul', [graph.input('x', 'float32', [rows, 4]), weights(graph, 4, 3)]);
}

const plain = (rows: Dimension) => model((graph) => graph.output('y', graph.node('Softmax', [scores(graph, rows)], { axis: -1 }), 'float32', [rows, 3]));

/** Models by what makes their rows special. */
export const ROW_MODELS = {
  plain: plain('n'),
  fixedOne: plain(1),
  fixedFour: plain(4),
  columns: model((graph) => {
    const number = graph.node('MatMul', [graph.input('x', 'float32', ['n', 4]), weights(graph, 4, 1)]);
    graph.output('y', graph.node('Transpose', [number], { perm: [1, 0] }), 'float32', [1, 'n']);
  }),
  scalarInput: model((graph) => {
    const scaled = graph.node('Mul', [scores(graph, 'n'), graph.input('gain', 'float32', [])]);
    graph.output('y', graph.node('Softmax', [scaled], { axis: -1 }), 'float32', ['n', 3]);
  }),
  scalarOutput: model((graph) => {
    const y = scores(graph, 'n');
    graph.output('y', graph.node('Softmax', [y], { axis: -1 }), 'float32', ['n', 3]);
    graph.output('mean', graph.node('ReduceMean', [y], { keepdims: 0 }), 'float32', []);
  }),
  mixing: model((graph) => graph.output('y', graph.node('Softmax', [scores(graph, 'n')], { axis: 0 }), 'float32', ['n', 3])),
  squeezed: model((graph) => {
    const number = graph.node('MatMul', [graph.input('x', 'float32', ['n', 4]), weights(graph, 4, 1)]);
    graph.output('y', graph.node('Squeeze', [graph.node('Sigmoid', [number])]), 'float32', ['n']);
  }),
  sequenceFirst: model((graph) => {
    const mean = graph.node('ReduceMean', [graph.input('x', 'float32', ['sequence', 'batch', 4])], { axes: [0], keepdims: 0 });
    graph.output('y', graph.node('MatMul', [mean, weights(graph, 4, 3)]), 'float32', ['batch', 3]);
  }),
  queriesAndKeys: model((graph) => {
    const keys = graph.node('Transpose', [graph.input('keys', 'float32', [null, 4])], { perm: [1, 0] });
    graph.output('y', graph.node('MatMul', [graph.input('queries', 'float32', [null, 4]), keys]), 'float32', [null, null]);
  }),
  matrices: model((graph) => {
    const product = graph.node('MatMul', [graph.input('a', 'float32', [null, null]), graph.input('b', 'float32', [null, null])]);
    graph.output('y', product, 'float32', [null, null]);
  }),
  graphOfNodes: model((graph) => {
    const mixed = graph.node('MatMul', [graph.input('edges', 'float32', ['n', 'n']), scores(graph, 'n')]);
    graph.output('y', mixed, 'float32', ['n', 3]);
  }),
  states: model((graph) => {
    const state = graph.input('state', 'float32', [1, 'batch', 3]);
    const next = graph.node('Add', [graph.node('Unsqueeze', [scores(graph, 'batch'), graph.ints([0])]), state]);
    graph.output('y', graph.node('Softmax', [graph.node('Squeeze', [next, graph.ints([0])])], { axis: -1 }), 'float32', ['batch', 3]);
    graph.output('next', next, 'float32', [1, 'batch', 3]);
  }),
  /** One row is right, several are wrong when the engine fuses the transposition into the product with a vector (onnxruntime 1.30). */
  misoptimized: model((graph) => {
    const x = graph.input('x', 'float32', ['n', 4]);
    const columns = [0, 1, 2, 3].map((column) => graph.node('Gather', [x, graph.ints([column])], { axis: 1 }));
    const lines = columns.map((column) => graph.node('Reshape', [column, graph.ints([1, -1])]));
    const turned = graph.node('Transpose', [graph.node('Concat', lines, { axis: 0 })], { perm: [1, 0] });
    const number = graph.node('Add', [graph.node('MatMul', [turned, weights(graph, 4)]), weights(graph, 1, 1)]);
    graph.output('y', graph.node('Reshape', [number, graph.ints([-1, 1])]), 'float32', ['n', 1]);
  }),
  random: model((graph) => {
    const x = scores(graph, 'n');
    graph.output('y', graph.node('Add', [x, graph.node('RandomUniformLike', [x])]), 'float32', ['n', 3]);
  }),
  /** As many columns as the longest text of the run has words. */
  words: model((graph) => {
    const [parts, counts] = graph.nodes('StringSplit', [graph.input('text', 'string', ['n'])], 2, {});
    if (parts !== undefined) graph.output('parts', parts, 'string', ['n', null]);
    if (counts !== undefined) graph.output('counts', counts, 'int64', ['n']);
  }, 20),
  /** As many rows as are above zero, which may be all. */
  found: model((graph) => {
    const x = graph.input('x', 'float32', ['n', 4]);
    const above = graph.node('Greater', [graph.node('ReduceSum', [x, graph.ints([1])], { keepdims: 0 }), graph.scalar('float32', 0)]);
    const places = graph.node('Reshape', [graph.node('NonZero', [above]), graph.ints([-1])]);
    graph.output('y', graph.node('Gather', [x, places]), 'float32', ['found', 4]);
  }),
  unranked: model((graph) => graph.output('y', graph.node('Neg', [graph.input('x', 'float32', null)]), 'float32', [null, null])),
  onlyOne: model((graph) => {
    const one = graph.node('Reshape', [graph.input('x', 'float32', ['n', 4]), graph.ints([1, 4])]);
    graph.output('y', graph.node('MatMul', [one, weights(graph, 4, 3)]), 'float32', ['n', 3]);
  }),
  /** Declares another size than its output has, which the engine cannot know before a run. */
  misdeclared: model((graph) => {
    const x = graph.input('x', 'float32', ['n', 4]);
    const above = graph.node('Greater', [graph.node('Exp', [graph.node('ReduceMax', [x], { axes: [0], keepdims: 0 })]), graph.scalar('float32', 0)]);
    const columns = graph.node('Reshape', [graph.node('NonZero', [above]), graph.ints([-1])]);
    graph.output('y', graph.node('Gather', [x, columns], { axis: 1 }), 'float32', ['n', 7]);
  }),
  noInputs: model((graph) => graph.output('y', graph.node('Neg', [graph.floats([1, 2, 3])]), 'float32', [3])),
  onlyTexts: model((graph) => {
    const text = graph.input('text', 'string', ['n']);
    graph.output('lower', graph.node('StringNormalizer', [text], { case_change_action: 'LOWER', locale: 'C' }), 'string', ['n']);
  }),
  nothing: model((graph) => {
    const x = graph.input('x', 'float32', ['n', 0]);
    const length = graph.node('Slice', [graph.node('Shape', [x]), graph.ints([0]), graph.ints([1])]);
    graph.output('y', graph.node('ConstantOfShape', [graph.node('Concat', [length, graph.ints([0])], { axis: 0 })]), 'float32', ['n', 0]);
  }),
} as const;

/** Scores of all places, weighted by a mask that must be as long. */
function addAttended(graph: GraphBuilder, mask: Value, all: Value): void {
  const attended = graph.node('Squeeze', [graph.node('MatMul', [graph.node('Unsqueeze', [mask, graph.ints([1])]), all]), graph.ints([1])]);
  graph.output('y', graph.node('Softmax', [graph.node('MatMul', [attended, weights(graph, 4, 3)])], { axis: -1 }), 'float32', ['batch', 3]);
}

/** Models whose inner dimensions must fit each other, or what the graph reads. */
export const SIZE_MODELS = {
  /** A language model's step: what is attended to is as long as what came before and what comes now. */
  past: model((graph) => {
    const now = graph.input('x', 'float32', ['batch', 'sequence', 4]);
    const past = graph.input('past', 'float32', ['batch', 'past_sequence', 4]);
    const mask = graph.input('mask', 'float32', ['batch', 'past_sequence + sequence']);
    const all = graph.node('Concat', [past, now], { axis: 1 });
    addAttended(graph, mask, all);
    graph.output('present', all, 'float32', ['batch', 'past_sequence + sequence', 4]);
  }),
  /** The same, but past and present are declared as dimensions of their own. */
  emptyPast: model((graph) => {
    const now = graph.input('x', 'float32', ['batch', 'sequence', 4]);
    const all = graph.node('Concat', [graph.input('past', 'float32', ['batch', 'past', 4]), now], { axis: 1 });
    addAttended(graph, graph.input('mask', 'float32', ['batch', 'total']), all);
  }),
  image: model((graph) => {
    const pixels = graph.input('x', 'float32', [null, null, null, null]);
    const pooled = graph.node('GlobalAveragePool', [graph.node('Conv', [pixels, weights(graph, 2, 3, 5, 5)])]);
    graph.output('y', graph.node('Flatten', [pooled]), 'float32', [null, null]);
  }),
  /** Nothing that reads the image first tells its channels. */
  channelsLast: model((graph) => {
    const pixels = graph.node('Transpose', [graph.input('x', 'float32', [null, null, null, null])], { perm: [0, 3, 1, 2] });
    const pooled = graph.node('GlobalAveragePool', [graph.node('Conv', [pixels, weights(graph, 2, 3, 5, 5)])]);
    graph.output('y', graph.node('Flatten', [pooled]), 'float32', [null, null]);
  }),
  table: model((graph) => {
    const x = graph.input('x', 'float32', [null, null]);
    graph.output('y', graph.node('Softmax', [graph.node('MatMul', [x, weights(graph, 13, 3)])], { axis: -1 }), 'float32', [null, null]);
  }),
  /** One number for every place of a sequence is no vector of scores. */
  places: model((graph) => {
    const x = graph.input('x', 'float32', ['batch', 'sequence', 4]);
    graph.output('y', graph.node('ReduceMean', [x], { axes: [2], keepdims: 0 }), 'float32', ['batch', 'sequence']);
  }),
  /** One name for two dimensions that are not the same. */
  misnamed: model((graph) => {
    const x = graph.input('x', 'float32', ['dynamic_size', 'dynamic_size']);
    graph.output('y', graph.node('Softmax', [graph.node('MatMul', [x, weights(graph, 13, 3)])], { axis: -1 }), 'float32', ['dynamic_size', 3]);
  }),
  /** Fails on any text that it does not know. */
  categories: model((graph) => {
    const table = graph.input('table', 'string', [null, 2]);
    const columns = [['red', 'blue'], ['s', 'm', 'l']].map((cats, column) => {
      const picked = graph.node('Gather', [table, graph.ints([column])], { axis: 1 });
      return graph.node('OneHotEncoder', [graph.node('Reshape', [picked, graph.ints([-1])])], { cats_strings: cats, zeros: 0 }, 'ai.onnx.ml');
    });
    const scores = graph.node('MatMul', [graph.node('Concat', columns, { axis: 1 }), weights(graph, 5, 3)]);
    graph.output('y', graph.node('Softmax', [scores], { axis: -1 }), 'float32', [null, 3]);
  }),
  /** Needs three places or more along dimension 0, which is no batch. */
  window: model((graph) => {
    const x = graph.node('Unsqueeze', [graph.node('Transpose', [graph.input('x', 'float32', ['time', 2])], { perm: [1, 0] }), graph.ints([0])]);
    const convolved = graph.node('Conv', [x, weights(graph, 3, 2, 5)]);
    graph.output('y', graph.node('ReduceMean', [convolved], { axes: [0, 2], keepdims: 0 }), 'float32', [3]);
  }),
} as const;

/** Texts in capital letters; without a locale of its own where `locale` is null. */
export function textsModel(locale: string | null): Uint8Array {
  return model((graph) => {
    const attributes = { case_change_action: 'UPPER', ...(locale === null ? {} : { locale }) };
    graph.output('upper', graph.node('StringNormalizer', [graph.input('text', 'string', ['n'])], attributes), 'string', ['n']);
  });
}
