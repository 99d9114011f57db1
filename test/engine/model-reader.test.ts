import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { encodeTensor, encodeValueInfo } from '../../src/engine/onnx/messages.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { withGraphField, withSequenceOutput } from '../support/engine-models.js';
import { sklearnModel } from '../support/engine-sklearn.js';

function smallModel(): Uint8Array {
  const graph = createGraphBuilder({ prefix: 'p_' });
  const x = graph.input('x', 'float32', ['batch', 3, null]);
  const weights = graph.constant({ type: 'float32', dims: [3], data: Float32Array.of(1, 2, 3) }, 'weights');
  const scaled = graph.node('Mul', [x, weights]);
  const body = graph.subgraph('body');
  body.input('iteration', 'int64', []);
  body.output('condition', body.input('go_on', 'bool', []), 'bool', []);
  graph.nodes('Loop', [graph.ints([2]), graph.scalar('bool', 1)], 0, { body: body.toSubgraph() });
  const reduced = graph.node('ReduceMean', [scaled], { axes: [-1], keepdims: 0 });
  graph.output('y', graph.node('Made', [reduced, ''], { alpha: { float: 0.5 }, betas: { floats: [1, 2.5] }, mode: 'linear', words: ['a', 'b'], big: -(2n ** 40n), table: { type: 'int32', dims: [2], data: Int32Array.of(7, -8) } }, 'custom.domain'), 'float32', ['batch', 3]);
  return graph.toModel();
}

t.test('a model is read as it was written', async (t) => {
  const model = readModel(smallModel());
  t.equal(model.irVersion, 8);
  t.same([...model.opsets], [['', 17]]);
  t.same(model.inputs, [{ name: 'x', kind: 'tensor', elementType: 1, dims: ['batch', 3, null] }]);
  t.same(model.outputs, [{ name: 'y', kind: 'tensor', elementType: 1, dims: ['batch', 3] }]);
  t.same(model.nodes.map((node) => node.opType), ['Mul', 'Loop', 'ReduceMean', 'Made', 'Identity']);
  t.equal(model.initializerNames.size, 3);
  const weights = [...model.initializerNames].find((name) => name.includes('weights')) ?? '';
  t.same(model.initializer(weights), { type: 'float32', dims: [3], data: Float32Array.of(1, 2, 3) });
  t.equal(model.initializer('none'), null);
});

t.test('attributes are decoded by type; an absent one or one of another type is null', async (t) => {
  const nodes = readModel(smallModel()).nodes;
  const mean = nodes[2];
  t.same(mean?.attributes.ints('axes'), [-1n]);
  t.equal(mean?.attributes.int('keepdims'), 0n);
  const made = nodes[3];
  t.equal(made?.domain, 'custom.domain');
  t.equal(made?.inputs[1], '', 'an omitted input keeps its place');
  t.same(made?.attributes.names, ['alpha', 'betas', 'mode', 'words', 'big', 'table']);
  t.equal(made?.attributes.float('alpha'), 0.5);
  t.same(made?.attributes.floats('betas'), [1, 2.5]);
  t.equal(made?.attributes.string('mode'), 'linear');
  t.same(made?.attributes.strings('words'), ['a', 'b']);
  t.equal(made?.attributes.int('big'), -(2n ** 40n));
  t.same(made?.attributes.tensor('table'), { type: 'int32', dims: [2], data: Int32Array.of(7, -8) });
  t.equal(made?.attributes.int('alpha'), null);
  t.equal(made?.attributes.ints('none'), null);
  t.equal(nodes[1]?.attributes.subgraphs().length, 1);
});

t.test('zero values that a writer left out are read by the attribute type', async (t) => {
  const attribute = protobuf.Writer.create().uint32(10).string('axis').uint32(160).int32(2).finish();
  const node = protobuf.Writer.create().uint32(34).string('Op').uint32(42).bytes(attribute).finish();
  const model = readModel(withGraphField(Uint8Array.of(), 1, node));
  t.equal(model.nodes[0]?.attributes.int('axis'), 0n);
  t.equal(model.nodes[0]?.attributes.float('axis'), null);
});

t.test('inputs that an initializer gives a default are no inputs', async (t) => {
  const tensor = encodeTensor('w', { type: 'float32', dims: [1], data: Float32Array.of(1) });
  const model = withGraphField(withGraphField(smallModel(), 11, encodeValueInfo('w', 'float32', [1])), 5, tensor);
  t.same(readModel(model).inputs.map(({ name }) => name), ['x']);
  t.ok(readModel(model).initializerNames.has('w'));
});

t.test('sequence outputs are told apart', async (t) => {
  const kinds = (bytes: Uint8Array) => readModel(bytes).outputs.map(({ name, kind, elementType }) => [name, kind, elementType]);
  t.same(kinds(sklearnModel('forest-strings')), [['output_label', 'tensor', 8], ['output_probability', 'sequence', null]]);
  t.same(kinds(withSequenceOutput(smallModel(), 's')), [['y', 'tensor', 1], ['s', 'sequence', null]]);
});

t.test('bytes that are no model are refused', async (t) => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(1, 2, 3), Buffer.from('<html>'), Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f)]) {
    t.throws(() => readModel(bytes), /^not a valid ONNX model: /);
  }
});

t.test('property: damaged bytes give a model or an error, and never hang', async () => {
  const sound = sklearnModel('perceptron-strings');
  const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(damage, fc.nat(sound.length), (changes, length) => {
      const bytes = Uint8Array.from(sound);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        return readModel(bytes.subarray(0, length)).nodes.length >= 0;
      } catch (error) {
        return error instanceof Error && error.message.startsWith('not a valid ONNX model: ');
      }
    }),
    { numRuns: 300 },
  );
});

t.test('the bytes of initializers are not touched', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', [null]);
  const huge = graph.constant({ type: 'float32', dims: [4_000_000], data: new Float32Array(4_000_000) });
  graph.output('y', graph.node('Add', [x, huge]), 'float32', [null]);
  const bytes = graph.toModel();
  const before = process.memoryUsage().arrayBuffers;
  const started = performance.now();
  const model = readModel(bytes);
  const elapsed = performance.now() - started;
  t.equal(model.nodes.length, 2);
  t.ok(process.memoryUsage().arrayBuffers - before < 1_000_000, 'no copy of 16 MB');
  t.ok(elapsed < 100, `${elapsed.toFixed(2)} ms`);
});
