import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { replaceZipMaps } from '../../src/engine/onnx/zipmap.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { withFloatOutput, withMapsOutput, withSequenceOutput } from '../support/engine-models.js';
import { CPU } from '../support/engine-pool.js';
import { sklearnExpected, sklearnModel, sklearnNames } from '../support/engine-sklearn.js';

const WITH_ZIPMAP = sklearnNames().filter((name) => !/tensor|regressor/.test(name));

async function runOn(bytes: Uint8Array, inputs: readonly (readonly number[])[]): Promise<Readonly<Record<string, Tensor>>> {
  const session = await createDirectSession({ bytes }, CPU);
  const x = session.signature.inputs[0];
  const data = Float32Array.from(inputs.flat());
  const outputs = await session.run({ [x?.name ?? '']: { type: 'float32', dims: [inputs.length, inputs[0]?.length ?? 0], data } });
  await session.release();
  return outputs;
}

t.test('scikit-learn classifiers with default options give their probabilities as a tensor', async (t) => {
  t.equal(WITH_ZIPMAP.length, 8);
  for (const name of WITH_ZIPMAP) {
    const expected = sklearnExpected(name);
    const { bytes, replaced, unsupported } = replaceZipMaps(sklearnModel(name));
    t.same(unsupported, []);
    t.equal(replaced.length, 1);
    const [{ output, tensor, classLabels } = { output: '', tensor: '', classLabels: [] }] = replaced;
    t.equal(output, 'output_probability');
    t.same(classLabels, expected.classes, name);
    const outputs = await runOn(bytes, expected.inputs);
    t.same(Object.keys(outputs), ['output_label', tensor], 'the label output stays, and stays first');
    t.same(Array.from<string | number | bigint, string>(outputs['output_label']?.data ?? [], String), expected.labels, `${name}: labels`);
    const probabilities = outputs[tensor];
    t.same(probabilities?.dims, [expected.inputs.length, classLabels.length]);
    const wanted = (expected.probabilities ?? []).flat();
    const gaps = Array.from(probabilities?.data as Float32Array, (value, i) => Math.abs(value - (wanted[i] ?? NaN)));
    t.ok(Math.max(...gaps) < 1e-6, `${name}: probabilities of scikit-learn within ${Math.max(...gaps)}`);
    t.notOk(readModel(bytes).nodes.some((node) => node.opType === 'ZipMap'));
  }
});

t.test('models without ZipMap are left as they are', async (t) => {
  for (const name of sklearnNames().filter((each) => !WITH_ZIPMAP.includes(each))) {
    const bytes = sklearnModel(name);
    const result = replaceZipMaps(bytes);
    t.equal(result.bytes, bytes, name);
    t.same([result.replaced, result.unsupported], [[], []]);
  }
});

function withZipMap(build: (graph: GraphBuilder, probabilities: Value, zipped: Value) => void): { bytes: Uint8Array; probabilities: string; zipped: string } {
  const graph = createGraphBuilder();
  const probabilities = graph.node('Softmax', [graph.input('x', 'float32', [null, 2])], { axis: -1 });
  const zipped = graph.node('ZipMap', [probabilities], { classlabels_int64s: [5, 9] }, 'ai.onnx.ml');
  build(graph, probabilities, zipped);
  return { bytes: graph.toModel(), probabilities, zipped };
}

t.test('a tensor that is an output already is not declared twice', async (t) => {
  const { bytes, probabilities, zipped } = withZipMap(() => undefined);
  const result = replaceZipMaps(withMapsOutput(withFloatOutput(bytes, probabilities, [null, 2]), zipped));
  t.same(result.replaced, [{ output: zipped, tensor: probabilities, classLabels: ['5', '9'] }]);
  t.same(readModel(result.bytes).outputs.map(({ name }) => name), [probabilities]);
  t.same(Object.keys(await runOn(result.bytes, [[0, 0]])), [probabilities]);
});

t.test('an Identity between ZipMap and the output is left out with it', async (t) => {
  let passed = '';
  const { bytes, probabilities } = withZipMap((graph, _, zipped) => (passed = graph.node('Identity', [zipped])));
  const result = replaceZipMaps(withMapsOutput(bytes, passed));
  t.same(result.replaced, [{ output: passed, tensor: probabilities, classLabels: ['5', '9'] }]);
  t.same(readModel(result.bytes).nodes.map((node) => node.opType), ['Softmax']);
  t.same(await runOn(result.bytes, [[0, 0]]), { [probabilities]: { type: 'float32', dims: [1, 2], data: Float32Array.of(0.5, 0.5) } });
});

t.test('a ZipMap that another node reads stays', async (t) => {
  const { bytes, zipped } = withZipMap((graph, _, maps) => {
    graph.output('count', graph.node('SequenceLength', [maps]), 'int64', []);
  });
  const result = replaceZipMaps(withMapsOutput(bytes, zipped));
  t.equal(result.replaced.length, 1);
  t.ok(readModel(result.bytes).nodes.some((node) => node.opType === 'ZipMap'));
});

t.test('a ZipMap that only a subgraph reads stays', async (t) => {
  const { bytes, zipped } = withZipMap((graph, _, maps) => {
    const branch = () => {
      const body = graph.subgraph('branch');
      body.output('count', body.node('SequenceLength', [maps]), 'int64', []);
      return body.toSubgraph();
    };
    graph.output('count', graph.node('If', [graph.scalar('bool', 1)], { then_branch: branch(), else_branch: branch() }), 'int64', []);
  });
  const result = replaceZipMaps(withMapsOutput(bytes, zipped));
  t.ok(readModel(result.bytes).nodes.some((node) => node.opType === 'ZipMap'));
});

t.test('a sequence that is no ZipMap is reported with its reason', async (t) => {
  let sequence = '';
  const { bytes, zipped } = withZipMap((graph, probabilities) => (sequence = graph.node('SequenceConstruct', [probabilities])));
  const result = replaceZipMaps(withSequenceOutput(withMapsOutput(bytes, zipped), sequence));
  t.equal(result.replaced.length, 1);
  t.match(result.unsupported, [{ output: sequence, reason: /sequence made by SequenceConstruct/ }]);
});

t.test('bytes that are no model are refused', async (t) => {
  t.throws(() => replaceZipMaps(Uint8Array.of(1, 2, 3)), /not a valid ONNX model/);
});
