import t from 'tap';
import { classLabelsOf } from '../../src/engine/onnx/class-labels.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { AttributeValue, GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { carryOutputs } from '../../src/engine/onnx/carried-outputs.js';
import { planOutputs } from '../../src/engine/onnx/output-plan.js';
import { sklearnExpected, sklearnModel, sklearnNames } from '../support/engine-sklearn.js';

const ML = 'ai.onnx.ml';

function labelsOfGraph(build: (graph: GraphBuilder, scores: Value) => void) {
  const graph = createGraphBuilder();
  build(graph, graph.input('scores', 'float32', [null, 3]));
  return classLabelsOf(readModel(graph.toModel()));
}

t.test('the classes of scikit-learn models, before and after the ZipMap is replaced', async (t) => {
  for (const name of sklearnNames()) {
    const classes = sklearnExpected(name).classes ?? null;
    const bytes = sklearnModel(name);
    const model = readModel(bytes);
    t.same(classLabelsOf(model), classes, name);
    t.same(classLabelsOf(readModel(carryOutputs(bytes, model, planOutputs(model)).bytes)), classes, `${name} as served`);
  }
});

t.test('a classifier node names its classes, from its label or its scores', async (t) => {
  const attributes: Record<string, Record<string, AttributeValue>> = {
    TreeEnsembleClassifier: { classlabels_int64s: [4, 2, 9] },
    LinearClassifier: { classlabels_ints: [4, 2, 9] },
    SVMClassifier: { classlabels_ints: [4, 2, 9] },
  };
  for (const [op, labels] of Object.entries(attributes)) {
    for (const output of [0, 1]) {
      const found = labelsOfGraph((graph, scores) => {
        const made = graph.nodes(op, [scores], 2, labels, ML)[output] as Value;
        graph.output('out', graph.node('Cast', [made], { to: 1 }), 'float32', [null]);
      });
      t.same(found, ['4', '2', '9'], `${op} output ${output}`);
    }
  }
});

t.test('a LabelEncoder over class indexes names the classes in the order of its keys', async (t) => {
  const encoded = (keys: number[]) =>
    labelsOfGraph((graph, scores) => {
      const index = graph.node('ArgMax', [scores], { axis: -1, keepdims: 0 });
      graph.output('label', graph.node('LabelEncoder', [index], { keys_int64s: keys, values_strings: ['b', 'a', 'c'] }, ML), 'string', [null]);
    });
  t.same(encoded([1, 0, 2]), ['a', 'b', 'c']);
  t.equal(encoded([10, 20, 30]), null, 'keys that are no class indexes');
});

t.test('a table that ArgMax picks from names the classes', async (t) => {
  const picked = (op: 'ArgMax' | 'Cast') =>
    labelsOfGraph((graph, scores) => {
      const table = graph.constant({ type: 'string', dims: [3], data: ['x', 'y', 'z'] });
      const index = op === 'ArgMax' ? graph.node('ArgMax', [scores], { axis: -1, keepdims: 0 }) : graph.node('Cast', [scores], { to: 7 });
      graph.output('label', graph.node('Gather', [table, index]), 'string', [null]);
    });
  t.same(picked('ArgMax'), ['x', 'y', 'z']);
  t.equal(picked('Cast'), null, 'a look-up in some table is no class label');
});

t.test('inner classifiers of an ensemble are not taken for the classes', async (t) => {
  const labels = labelsOfGraph((graph, scores) => {
    const inner = [1, 2].map(() => graph.nodes('LinearClassifier', [scores], 2, { classlabels_ints: [0, 1] }, ML)[1] as Value);
    graph.output('out', graph.node('Concat', inner, { axis: 1 }), 'float32', [null, 4]);
  });
  t.equal(labels, null);
});

t.test('a circle in a damaged graph ends', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', [null]);
  graph.output('y', x, 'float32', [null]);
  // The graph's only node is y = Identity(x); reading y instead of x closes the circle.
  const bytes = Buffer.from(graph.toModel());
  const at = bytes.indexOf(Buffer.from([10, 1, 'x'.charCodeAt(0), 18, 1, 'y'.charCodeAt(0)]));
  bytes[at + 2] = 'y'.charCodeAt(0);
  t.same(readModel(bytes).nodes[0]?.inputs, ['y']);
  t.equal(classLabelsOf(readModel(bytes)), null);
});
