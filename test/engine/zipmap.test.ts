import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { carryOutputs } from '../../src/engine/onnx/carried-outputs.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../src/engine/onnx/graph-builder.types.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { planOutputs } from '../../src/engine/onnx/output-plan.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { withFloatOutput, withMapsOutput } from '../support/engine-models.js';
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

function carried(bytes: Uint8Array) {
  const model = readModel(bytes);
  const { bytes: rewritten, served } = carryOutputs(bytes, model, planOutputs(model));
  return { rewritten, served: served.map(({ change, names }) => [change.output, change.kind, ...names]), model: readModel(rewritten) };
}

t.test('scikit-learn classifiers with default options give their probabilities as a tensor, under the name of the output', async (t) => {
  t.equal(WITH_ZIPMAP.length, 8);
  for (const name of WITH_ZIPMAP) {
    const expected = sklearnExpected(name);
    const { rewritten, served, model } = carried(sklearnModel(name));
    t.same(served, [['output_probability', 'replaced', 'output_probability']]);
    const outputs = await runOn(rewritten, expected.inputs);
    t.same(Object.keys(outputs), ['output_label', 'output_probability'], 'the label output stays, and stays first');
    t.same(Array.from<string | number | bigint, string>(outputs['output_label']?.data ?? [], String), expected.labels, `${name}: labels`);
    const probabilities = outputs['output_probability'];
    t.same(probabilities?.dims, [expected.inputs.length, expected.classes?.length]);
    const wanted = (expected.probabilities ?? []).flat();
    const gaps = Array.from(probabilities?.data as Float32Array, (value, i) => Math.abs(value - (wanted[i] ?? NaN)));
    t.ok(Math.max(...gaps) < 1e-6, `${name}: probabilities of scikit-learn within ${Math.max(...gaps)}`);
    t.notOk(model.nodes.some((node) => node.opType === 'ZipMap'));
  }
});

t.test('models without ZipMap need no change', async (t) => {
  for (const name of sklearnNames().filter((each) => !WITH_ZIPMAP.includes(each))) t.same(planOutputs(readModel(sklearnModel(name))), [], name);
});

function withZipMap(build: (graph: GraphBuilder, probabilities: Value, zipped: Value) => void): { bytes: Uint8Array; probabilities: string; zipped: string } {
  const graph = createGraphBuilder();
  const probabilities = graph.node('Softmax', [graph.input('x', 'float32', [null, 2])], { axis: -1 });
  const zipped = graph.node('ZipMap', [probabilities], { classlabels_int64s: [5, 9] }, 'ai.onnx.ml');
  build(graph, probabilities, zipped);
  return { bytes: graph.toModel(), probabilities, zipped };
}

const HALVES = { type: 'float32', dims: [1, 2], data: Float32Array.of(0.5, 0.5) };

t.test('a tensor that is an output itself is served under both names', async (t) => {
  const { bytes, probabilities, zipped } = withZipMap(() => undefined);
  const { rewritten } = carried(withMapsOutput(withFloatOutput(bytes, probabilities, [null, 2]), zipped));
  t.same(await runOn(rewritten, [[0, 0]]), { [probabilities]: HALVES, [zipped]: HALVES });
});

t.test('an Identity between ZipMap and the output is left out with it, and no copy is made', async (t) => {
  let passed = '';
  const { bytes } = withZipMap((graph, _, zipped) => (passed = graph.node('Identity', [zipped])));
  const { rewritten, model } = carried(withMapsOutput(bytes, passed));
  t.same(model.nodes.map((node) => node.opType), ['Softmax']);
  t.same(await runOn(rewritten, [[0, 0]]), { [passed]: HALVES });
});

t.test('two ZipMaps of one tensor are two outputs', async (t) => {
  let other = '';
  const { bytes, zipped } = withZipMap((graph, probabilities) => (other = graph.node('ZipMap', [probabilities], { classlabels_strings: ['a', 'b'] }, 'ai.onnx.ml')));
  const { rewritten } = carried(withMapsOutput(withMapsOutput(bytes, zipped), other, 'string'));
  t.same(await runOn(rewritten, [[0, 0]]), { [zipped]: HALVES, [other]: HALVES });
});

/** The field of the default operator set is the only one of its form: {8: {2: 17}}. */
function withoutDefaultDomain(model: Uint8Array): Uint8Array {
  const bytes = Buffer.from(model);
  const at = bytes.indexOf(Buffer.from([0x42, 2, 0x10, 17]));
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 4)]);
}

t.test('a model without the default operator set, as CatBoost writes it', async (t) => {
  const graph = createGraphBuilder();
  const [, scores] = graph.nodes('LinearClassifier', [graph.input('x', 'float32', [null, 1])], 2, { classlabels_ints: [0, 1], coefficients: { floats: [-1, 1] }, intercepts: { floats: [0, 0] } }, 'ai.onnx.ml');
  const zipped = graph.node('ZipMap', [scores as Value], { classlabels_int64s: [0, 1] }, 'ai.onnx.ml');
  const without = withoutDefaultDomain(withMapsOutput(graph.toModel(), zipped));
  t.same([...readModel(without).opsets.keys()], ['ai.onnx.ml']);
  const { rewritten } = carried(without);
  t.same((await runOn(rewritten, [[3]]))[zipped]?.data, Float32Array.of(-3, 3));
});

t.test('a tensor that can have no other name is one output, however many maps are made of it', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', [null, 2]);
  const [first, second] = [graph.node('ZipMap', [x], { classlabels_int64s: [0, 1] }, 'ai.onnx.ml'), graph.node('ZipMap', [x], { classlabels_int64s: [5, 6] }, 'ai.onnx.ml')];
  const { model, served } = carried(withoutDefaultDomain(withMapsOutput(withMapsOutput(graph.toModel(), first), second)));
  t.same(model.outputs.map(({ name }) => name), ['x']);
  t.same(served, [[first, 'replaced', 'x'], [second, 'replaced', 'x']]);
});

t.test('a ZipMap that another node reads stays, and its tensor keeps its own name', async (t) => {
  const { bytes, probabilities, zipped } = withZipMap((graph, _, maps) => {
    graph.output('count', graph.node('SequenceLength', [maps]), 'int64', []);
  });
  const { model, served } = carried(withMapsOutput(bytes, zipped));
  t.ok(model.nodes.some((node) => node.opType === 'ZipMap'));
  t.same(served, [[zipped, 'replaced', probabilities]]);
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
  t.ok(carried(withMapsOutput(bytes, zipped)).model.nodes.some((node) => node.opType === 'ZipMap'));
});
