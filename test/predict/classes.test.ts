import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { Tensor, TensorMap } from '../../src/engine/tensor.js';
import type { ModelConfig } from '../../src/inference/contracts.js';
import { numberAt, predictedClasses, predictedLabels } from '../../src/inference/predict-classes.js';
import { floatRows, loadModel, predictBench } from '../support/predict-bench.js';

const floats = (dims: number[], ...values: number[]): Tensor => ({ type: 'float32', dims, data: Float32Array.from(values) });
const config = (changes: Partial<ModelConfig>): ModelConfig => ({ output: 'p', scores: 'probabilities', labelOutput: null, labelTexts: null, labels: null, ...changes }) as ModelConfig;
const classesOf = (scores: Tensor, changes: Partial<ModelConfig> = {}) => Array.from(predictedClasses({ 'output:p': scores }, config(changes), scores.dims[0] ?? 0));

t.test('without the feature graph the class is read from the scores', async (t) => {
  t.same(classesOf(floats([3, 3], 1, 2, 0, 5, 5, 1, -3, -2, -1)), [1, 0, 2]);
  t.same(classesOf(floats([2], 0.5, 0.6), { scores: 'binary_probability' }), [0, 1]);
  t.same(classesOf(floats([3, 1], -1, 0, 1), { scores: 'binary_logit' }), [0, 0, 1]);
  t.same(classesOf({ type: 'float16', dims: [1, 2], data: Uint16Array.of(0xbc00, 0x3c00) }), [1], 'not the larger bit pattern');
  t.same(classesOf(floats([2, 1], 1, 2), { scores: null }), [-1, -1]);
});

t.test('the class of the feature graph comes first', async (t) => {
  const tensors: TensorMap = { 'output:p': floats([1, 2], 1, 0), metaerr_class: { type: 'int64', dims: [1], data: BigInt64Array.of(1n) } };
  t.same(predictedClasses(tensors, config({}), 1), Int32Array.of(1));
});

t.test('labels: the label output, else the name of the class, else its index', async (t) => {
  const given = (data: Tensor) => predictedLabels({ 'output:l': data }, config({ labelOutput: 'l', labels: ['a', 'b'] }), Int32Array.of(0, 1));
  t.same(given({ type: 'int64', dims: [2], data: BigInt64Array.of(2n ** 60n, -7n) }), ['1152921504606846976', '-7']);
  t.same(given({ type: 'string', dims: [2, 1], data: ['cat', 'dog'] }), ['cat', 'dog']);
  t.same(given(floats([2], 3, 1.5)), ['3', '1.5']);
  const texts = config({ labelOutput: 'l', labelTexts: ['0', '1'], labels: ['a', 'b'] });
  t.same(predictedLabels({ 'output:l': { type: 'int64', dims: [3], data: BigInt64Array.of(1n, 0n, 7n) } }, texts, Int32Array.of(1, 0, 0)), ['b', 'a', '7'], 'under the names of the classes');
  t.same(predictedLabels({}, config({ labels: ['a', 'b'] }), Int32Array.of(1, 0)), ['b', 'a']);
  t.same(predictedLabels({}, config({}), Int32Array.of(1, 0)), ['1', '0']);
  t.same(predictedLabels({}, config({}), Int32Array.of(-1)), [null]);
});

t.test('numbers of any type; text has none', async (t) => {
  t.equal(numberAt({ type: 'int64', dims: [1], data: BigInt64Array.of(4n) }, 0), 4);
  t.equal(numberAt({ type: 'float16', dims: [1], data: Uint16Array.of(0x3c00) }, 0), 1);
  for (const nothing of [numberAt(undefined, 0), numberAt(floats([1], 1), 1), numberAt({ type: 'string', dims: [1], data: ['1'] }, 0)]) t.ok(Number.isNaN(nothing));
});

t.test('a classifier with a label output, as scikit-learn converts it', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['N', 3]);
  const names = graph.constant({ type: 'string', dims: [3], data: ['setosa', 'versicolor', 'virginica'] });
  graph.output('label', graph.node('Gather', [names, graph.node('ArgMax', [x], { axis: 1, keepdims: 0 })]), 'string', ['N']);
  graph.output('probabilities', graph.node('Softmax', [x], { axis: 1 }), 'float32', ['N', 3]);
  const model = await loadModel(t, graph.toModel(), { config: { labelOutput: 'label' } });
  const { ask, logged } = predictBench(model);
  t.match(await ask(floatRows([0, 0, 9], [0, 9, 0])), { labels: ['virginica', 'versicolor'], status: 'cold_start' });
  t.match(logged[0], { labels: ['virginica', 'versicolor'], classes: Int32Array.of(2, 1) });
});
