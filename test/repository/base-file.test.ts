import { createHash } from 'node:crypto';
import { open, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { encodeNode, message, writeBytes, writeInteger, writeText } from '../../src/engine/onnx/messages.js';
import { readBaseFile } from '../../src/inference/repository/base-file.js';
import { withGraphField, withMapsOutput, withSequenceInput, withSequenceOutput, withTensorInput } from '../support/engine-models.js';
import { CPU } from '../support/engine-pool.js';
import { temporaryFolder } from '../support/repository-fixture.js';

/** A float32 TensorProto whose values are in another file. */
function externalTensor(name: string, dims: readonly number[], location: string): Uint8Array {
  const tensor = message();
  for (const dim of dims) writeInteger(tensor, 1, dim);
  writeInteger(tensor, 2, 1);
  writeText(tensor, 8, name);
  const entry = message();
  writeText(entry, 1, 'location');
  writeText(entry, 2, location);
  writeBytes(tensor, 13, entry.finish());
  writeInteger(tensor, 14, 1);
  return tensor.finish();
}

/** y [n, columns] = x [n, rows] @ w, with w in a file beside the model; where it is asked for, with a ZipMap output beside it. */
function externalModel(location: string, [rows, columns]: readonly [number, number], withMaps = false): Uint8Array {
  const graph = createGraphBuilder();
  graph.input('x', 'float32', ['n', rows]);
  const maps = graph.node('ZipMap', [graph.node('Neg', [graph.floats([1])])], { classlabels_int64s: [0] }, 'ai.onnx.ml');
  const nodes = withGraphField(graph.toModel(), 1, encodeNode({ opType: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }));
  const output = message();
  writeText(output, 1, 'y');
  const model = withGraphField(withGraphField(nodes, 5, externalTensor('w', [rows, columns], location)), 12, output.finish());
  return withMaps ? withMapsOutput(model, maps) : model;
}

async function answer(source: Awaited<ReturnType<typeof readBaseFile>>['source'], rows: number): Promise<readonly number[]> {
  const session = await createDirectSession(source, CPU);
  const outputs = await session.run({ x: { type: 'float32', dims: [1, rows], data: new Float32Array(rows).fill(1) } });
  await session.release();
  return Array.from(outputs['y']?.data ?? [], Number);
}

const WEIGHTS = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

void t.test('other external data is another model', async (t) => {
  const folder = await temporaryFolder(t, { 'model.onnx': externalModel('w.bin', [2, 3]), 'w.bin': WEIGHTS });
  const file = path.join(folder, 'model.onnx');
  const before = await readBaseFile(file);
  t.strictSame(before.source, { path: file }, 'the engine reads the file itself');
  t.strictSame(await answer(before.source, 2), [5, 7, 9]);
  const same = await readBaseFile(file);
  t.equal(same.digest, before.digest);
  await writeFile(path.join(folder, 'w.bin'), Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 7).buffer));
  t.not((await readBaseFile(file)).digest, before.digest);
});

void t.test('a model without external data has the digest of its file', async (t) => {
  const graph = createGraphBuilder();
  graph.output('y', graph.input('x', 'float32', ['n']), 'float32', ['n']);
  const folder = await temporaryFolder(t, { 'model.onnx': graph.toModel() });
  t.equal((await readBaseFile(path.join(folder, 'model.onnx'))).digest, createHash('sha256').update(graph.toModel()).digest('hex'));
});

void t.test('external data outside of the folder, or missing, refuses the model', async (t) => {
  for (const [location, reason] of [
    ['../w.bin', /external data: \.\.\/w\.bin is outside of the folder of the model/],
    ['/etc/hostname', /external data: \/etc\/hostname is outside/],
    ['a/../../w.bin', /is outside/],
    ['.', /is outside/],
    ['w.bin', /external data: the file w\.bin is missing beside model\.onnx/],
  ] as const) {
    const folder = await temporaryFolder(t, { 'model.onnx': externalModel(location, [2, 3]) });
    await t.rejects(readBaseFile(path.join(folder, 'model.onnx')), { code: 'MODEL_UNAVAILABLE', message: reason }, location);
  }
});

void t.test('a model that is rewritten finds its external data, also through links', async (t) => {
  const folder = await temporaryFolder(t, { 'store/model.onnx': externalModel('sub/w.bin', [2, 3], true), 'store/sub/w.bin': WEIGHTS });
  const { source, notes } = await readBaseFile(path.join(folder, 'store', 'model.onnx'));
  t.ok('bytes' in source);
  t.match(notes, [/is a sequence of maps; the tensor .* behind it is served in its place/]);
  t.strictSame(await answer(source, 2), [5, 7, 9]);
  await symlink(path.join(folder, 'store'), path.join(folder, 'link'));
  t.strictSame(await answer((await readBaseFile(path.join(folder, 'link', 'model.onnx'))).source, 2), [5, 7, 9]);
});

void t.test('64 MB of external data are hashed and served without being held', async (t) => {
  const [rows, columns] = [4096, 4096] as const;
  const folder = await temporaryFolder(t, { 'model.onnx': externalModel('w.bin', [rows, columns]) });
  const data = await open(path.join(folder, 'w.bin'), 'w');
  await data.truncate(rows * columns * 4);
  await data.close();
  const before = process.memoryUsage().arrayBuffers;
  const { digest, source } = await readBaseFile(path.join(folder, 'model.onnx'));
  t.match(digest, /^[0-9a-f]{64}$/);
  t.ok(process.memoryUsage().arrayBuffers - before < 16 * 2 ** 20, 'less than 16 MiB of it were read into JavaScript at once');
  t.strictSame((await answer(source, rows)).length, columns);
});

void t.test('what can never be served is refused with the reason', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n', 2]);
  const parts = graph.node('SplitToSequence', [x], { axis: 1 });
  graph.node('Neg', [x]);
  const cases: [model: Uint8Array, reason: RegExp][] = [
    [withSequenceOutput(graph.toModel(), parts), /no output can be served: .*: it is a sequence made by SplitToSequence/],
    [withSequenceInput(withSequenceOutput(graph.toModel(), parts), 'list'), /input list is a sequence; only tensors can be sent/],
    [withTensorInput(graph.toModel(), 'narrow', 16), /input narrow has the element type bfloat16/],
  ];
  for (const [model, reason] of cases) {
    const folder = await temporaryFolder(t, { 'model.onnx': model });
    await t.rejects(readBaseFile(path.join(folder, 'model.onnx')), { code: 'MODEL_UNAVAILABLE', message: reason });
  }
});
