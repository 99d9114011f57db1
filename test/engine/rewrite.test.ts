import protobuf from 'protobufjs/minimal.js';
import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { ELEMENT_TYPE_NUMBERS } from '../../src/engine/onnx/elements.js';
import { encodeAttribute, encodeNode } from '../../src/engine/onnx/messages.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { rewriteModel, type GraphRewrite } from '../../src/engine/onnx/rewrite.js';
import { float32, withGraphField } from '../support/engine-models.js';
import { CPU } from '../support/engine-pool.js';
import { sklearnModel, sklearnNames } from '../support/engine-sklearn.js';

const unknown = protobuf.Writer.create().uint32((999 << 3) | 2).string('kept as it is').finish();

const NOTHING: GraphRewrite = { dropNode: () => false, renamed: new Map(), output: () => 'keep', nodes: [], outputs: [] };

function twoOutputs(): { bytes: Uint8Array; hidden: string } {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n']);
  const hidden = graph.node('Neg', [x]);
  graph.output('a', hidden, 'float32', ['n']);
  graph.output('b', graph.node('Abs', [hidden]), 'float32', ['n']);
  return { bytes: graph.toModel({ origin: 'test' }), hidden };
}

t.test('keeping everything gives the same bytes', async (t) => {
  for (const name of sklearnNames()) {
    const bytes = Buffer.concat([sklearnModel(name), unknown]);
    t.ok(bytes.equals(rewriteModel(bytes, NOTHING)), name);
  }
});

t.test('an output is put in the place of another, and a node is left out', async (t) => {
  const { bytes, hidden } = twoOutputs();
  const rewritten = rewriteModel(bytes, {
    ...NOTHING,
    dropNode: (node) => node.outputs[0] === 'a',
    output: (name) => (name === 'a' ? [{ name: hidden, type: 'float32', dims: ['n'] }] : 'keep'),
  });
  t.same(readModel(rewritten).outputs.map(({ name, dims }) => [name, dims]), [[hidden, ['n']], ['b', ['n']]]);
  t.equal(readModel(rewritten).nodes.length, readModel(bytes).nodes.length - 1);
  const session = await createDirectSession({ bytes: rewritten }, CPU);
  const outputs = await session.run({ x: float32(1, -2) });
  t.same([...(outputs[hidden]?.data ?? [])], [-1, 2]);
  t.same([...(outputs['b']?.data ?? [])], [1, 2]);
  await session.release();
});

t.test('an output is dropped', async (t) => {
  const { bytes } = twoOutputs();
  const rewritten = rewriteModel(bytes, { ...NOTHING, output: (name) => (name === 'b' ? [] : 'keep') });
  t.same(readModel(rewritten).outputs.map(({ name }) => name), ['a']);
});

t.test('fields that are not known survive, in the model and in the graph', async (t) => {
  const { bytes } = twoOutputs();
  const extended = withGraphField(Buffer.concat([bytes, unknown]), 998, Buffer.from('inside'));
  const rewritten = Buffer.from(rewriteModel(extended, { ...NOTHING, output: (name) => (name === 'b' ? [] : 'keep') }));
  t.ok(rewritten.includes(Buffer.from(unknown)));
  t.ok(rewritten.includes('inside'));
  t.ok(rewritten.includes('origin'));
});

t.test('a value gets another name wherever nodes make or read it, and nodes and outputs are added', async (t) => {
  const { bytes, hidden } = twoOutputs();
  const cast = encodeNode({ opType: 'Cast', inputs: ['negative'], outputs: ['c'], attributes: [encodeAttribute('to', ELEMENT_TYPE_NUMBERS.int32)] });
  const rewritten = rewriteModel(bytes, { ...NOTHING, renamed: new Map([[hidden, 'negative']]), nodes: [cast], outputs: [{ name: 'c', type: null, dims: null }] });
  t.same(readModel(rewritten).outputs.map(({ name }) => name), ['a', 'b', 'c']);
  t.notOk(readModel(rewritten).nodes.some(({ inputs, outputs }) => [...inputs, ...outputs].includes(hidden)));
  const session = await createDirectSession({ bytes: rewritten }, CPU);
  t.equal(session.signature.outputs[2]?.type, 'int32', 'the engine finds the type that is not declared');
  t.same([...((await session.run({ x: float32(1, -2) }))['c']?.data ?? [])], [-1, 2]);
  await session.release();
});
