import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { readModel, type OnnxModel } from '../../src/engine/onnx/model-reader.js';
import { readStructure } from '../../src/engine/onnx/structure.js';
import { sklearnModel, sklearnNames } from '../support/engine-sklearn.js';

/** What is read of a model, without the values of its tensors. */
function outline(model: OnnxModel): unknown {
  const nodes = model.nodes.map(({ opType, domain, name, inputs, outputs, attributes }) => [opType, domain, name, inputs, outputs, attributes.names]);
  const shapes = [...model.initializerNames].map((name) => [name, model.initializerDims(name)]);
  return [model.irVersion, [...model.opsets], [...model.metadata], model.inputs, model.outputs, nodes, shapes];
}

t.test('a small model is read whole', async (t) => {
  for (const name of sklearnNames()) {
    const file = join(t.testdir({}), 'model.onnx');
    await writeFile(file, sklearnModel(name));
    t.same(outline(readModel(await readStructure(file))), outline(readModel(sklearnModel(name))), name);
  }
});

t.test('values of large tensors are left out wherever they stand, names and shapes are not', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 300]);
  const large = { type: 'float32', dims: [300, 300], data: new Float32Array(90_000).fill(7) } as const;
  const branch = () => {
    const body = graph.subgraph('branch');
    body.output('inner', body.node('MatMul', [x, body.constant(large, 'inside')]), 'float32', ['n', 300]);
    return body.toSubgraph();
  };
  const outer = graph.node('MatMul', [x, graph.constant(large, 'weights')]);
  const constant = graph.node('MatMul', [outer, graph.node('Constant', [], { value: large })]);
  const chosen = graph.node('If', [graph.scalar('bool', 1)], { then_branch: branch(), else_branch: branch() });
  graph.output('y', graph.node('Add', [constant, chosen]), 'float32', ['n', 300]);
  graph.output('label', graph.node('Gather', [graph.constant({ type: 'string', dims: [2], data: ['no', 'yes'] }, 'table'), graph.ints([0])]), 'string', [1]);
  const bytes = graph.toModel({ names: 'a,b' });
  const file = join(t.testdir({}), 'model.onnx');
  await writeFile(file, bytes);
  const structure = await readStructure(file);
  t.ok(bytes.length > 4 * 360_000 && structure.length < 4000, `${structure.length} of ${bytes.length} bytes`);
  const model = readModel(structure);
  t.same(outline(model), outline(readModel(bytes)));
  const [weights = '', table = ''] = ['weights', 'table'].map((hint) => [...model.initializerNames].find((name) => name.includes(hint)) ?? '');
  t.equal(model.initializer(weights), null, 'values that were left out are not taken for none');
  t.same(model.initializer(table)?.data, ['no', 'yes'], 'small tables are read');
});

t.test('long lists in attributes are cut, and names after them are read', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 1]);
  const values = Array.from({ length: 1_500_000 }, (_, i) => i % 7);
  const [label, scores] = graph.nodes('LinearClassifier', [x], 2, { coefficients: { floats: values }, classlabels_ints: [4, 5] }, 'ai.onnx.ml');
  if (label !== undefined && scores !== undefined) graph.output('label', label, 'int64', ['n']);
  const bytes = graph.toModel();
  const file = join(t.testdir({}), 'model.onnx');
  await writeFile(file, bytes);
  const structure = await readStructure(file);
  t.ok(bytes.length > 7_000_000 && structure.length < 4_300_000);
  const [node] = readModel(structure).nodes;
  t.same([node?.attributes.names, node?.attributes.ints('classlabels_ints')], [['coefficients', 'classlabels_ints'], [4n, 5n]]);
});

t.test('long tables of texts are cut, and are not taken for shorter ones', async (t) => {
  const graph = createGraphBuilder();
  const data = Array.from({ length: 60_000 }, (_, i) => `the name of class number ${i}, at length`);
  const table = graph.constant({ type: 'string', dims: [data.length], data }, 'table');
  graph.output('label', graph.node('Gather', [table, graph.input('x', 'int64', ['n'])]), 'string', ['n']);
  const bytes = graph.toModel();
  const file = join(t.testdir({}), 'model.onnx');
  await writeFile(file, bytes);
  const structure = await readStructure(file);
  t.ok(bytes.length > 2_000_000 && structure.length < 1_200_000, `${structure.length} of ${bytes.length} bytes`);
  const model = readModel(structure);
  t.same([...model.initializerNames], [table]);
  t.same([model.initializerDims(table), model.initializer(table)], [[60_000], null]);
});

t.test('a file of many gigabytes is read by its structure alone', async (t) => {
  const graph = createGraphBuilder();
  graph.output('y', graph.input('x', 'float32', ['n']), 'float32', ['n']);
  const file = join(t.testdir({}), 'model.onnx');
  const bytes = graph.toModel();
  const handle = await open(file, 'w');
  await handle.write(bytes);
  // A field of 3 GiB that nobody knows, as a hole in the file: tag 999, length-delimited.
  const length = 3 * 2 ** 30;
  await handle.write(Buffer.from([0xba, 0x3e, 0x80, 0x80, 0x80, 0x80, 0x0c]), 0, 7, bytes.length);
  await handle.truncate(bytes.length + 7 + length);
  await handle.close();
  t.ok(Buffer.from(bytes).equals(await readStructure(file)));
});

t.test('what is no model is refused with the reason', async (t) => {
  const file = join(t.testdir({}), 'model.onnx');
  const cases: [content: Buffer, reason: RegExp][] = [
    [Buffer.from('this is no model'), /not a valid ONNX model/],
    [Buffer.from(sklearnModel('logistic-strings')).subarray(0, 300), /not a valid ONNX model: a field reaches beyond its message/],
    [Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), /not a valid ONNX model: a number has no end/],
    [Buffer.from([0x0b, 1]), /wire type 3 is not known/],
  ];
  for (const [content, reason] of cases) {
    await writeFile(file, content);
    await t.rejects(readStructure(file), reason);
  }
  await t.rejects(readStructure(`${file}-absent`), { code: 'ENOENT' });
});
