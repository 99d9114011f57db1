import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { columnHints } from '../../src/engine/onnx/size-hints.js';

const ML = 'ai.onnx.ml';

function hint(build: (graph: GraphBuilder, x: Value) => Value, dims: readonly (number | null)[] = [null, null]): number | undefined {
  const graph = createGraphBuilder();
  graph.output('y', build(graph, graph.input('x', 'float32', dims)), 'float32', [null]);
  return columnHints(readModel(graph.toModel())).get('x');
}

const table = (graph: GraphBuilder, ...dims: number[]) => graph.constant({ type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) });

t.test('operators that read tables give away the number of columns', async (t) => {
  t.equal(hint((graph, x) => graph.node('TreeEnsembleRegressor', [x], { nodes_featureids: [3, 0, 11, 2] }, ML)), 12);
  t.equal(hint((graph, x) => graph.node('LinearRegressor', [x], { coefficients: { floats: new Array<number>(10).fill(1) }, targets: 2 }, ML)), 5);
  t.equal(hint((graph, x) => graph.nodes('LinearClassifier', [x], 2, { coefficients: { floats: new Array<number>(12).fill(1) }, classlabels_ints: [0, 1, 2] }, ML)[1] as Value), 4);
  t.equal(hint((graph, x) => graph.node('Scaler', [x], { offset: { floats: [1, 2, 3] }, scale: { floats: [1, 2, 3] } }, ML)), 3);
  t.equal(hint((graph, x) => graph.node('MatMul', [x, table(graph, 6, 2)])), 6);
  t.equal(hint((graph, x) => graph.node('Gemm', [x, table(graph, 2, 6)], { transB: 1 })), 6);
});

t.test('through operators that keep the columns', async (t) => {
  t.equal(hint((graph, x) => graph.node('MatMul', [graph.node('Sub', [graph.node('Cast', [x], { to: 1 }), graph.floats([1])]), table(graph, 6, 2)])), 6);
  t.equal(hint((graph, x) => graph.node('MatMul', [graph.node('Neg', [x]), table(graph, 6, 2)])), undefined, 'not through others');
});

t.test('convolutions give away the channels of images and signals', async (t) => {
  t.equal(hint((graph, x) => graph.node('Conv', [x, table(graph, 8, 3, 5, 5)]), [null, null, null, null]), 3);
  t.equal(hint((graph, x) => graph.node('Conv', [x, table(graph, 8, 2, 5)], { group: 4 }), [null, null, null]), 8);
});

t.test('a declared dimension needs no hint', async (t) => {
  t.equal(hint((graph, x) => graph.node('MatMul', [x, table(graph, 6, 2)]), [null, 6]), undefined);
});
