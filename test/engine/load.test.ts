import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import type { SessionOptions } from '../../src/engine/engine.js';
import { sha256OfFile } from '../../src/engine/file-digest.js';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { float32, fussyModel, identityModel, scaleModel, withTensorOutput } from '../support/engine-models.js';
import { CPU, request, startPool } from '../support/engine-pool.js';
import { sklearnModel } from '../support/engine-sklearn.js';

const CUDA: SessionOptions = { executionProviders: ['cuda', 'cpu'], intraOpThreads: 1 };

t.test('a missing cuda provider falls back to the CPU and says so', async (t) => {
  const pool = startPool(t, 1);
  const loaded = await pool.load('double', { bytes: scaleModel(2) }, CUDA);
  if (loaded.executionProvider === 'cuda') {
    t.equal(loaded.fallback, null, 'this machine has the provider');
    return;
  }
  t.equal(loaded.executionProvider, 'cpu');
  t.equal(loaded.fallback?.requested, 'cuda');
  t.match(loaded.fallback?.reason, /cuda/i);
  const reply = await pool.run(request('double', { x: float32(2) }));
  t.equal(reply.tensors['y']?.data[0], 4);
});

t.test('cuda without cpu in the list falls back too', async (t) => {
  const pool = startPool(t, 1);
  const loaded = await pool.load('double', { bytes: scaleModel(2) }, { executionProviders: ['cuda'], intraOpThreads: 1 });
  t.equal(loaded.fallback?.requested ?? 'cuda', 'cuda');
});

t.test('a fault of the model is not taken for a missing provider', async (t) => {
  const pool = startPool(t, 1);
  await t.rejects(pool.load('broken', { bytes: Uint8Array.of(1, 2, 3) }, CUDA), /protobuf parsing failed/);
  await t.rejects(pool.load('absent', { path: '/nowhere/model.onnx' }, CUDA), /exist/);
});

t.test('a model is loaded from its file too', async (t) => {
  const path = join(t.testdir({}), 'model.onnx');
  writeFileSync(path, scaleModel(3));
  const pool = startPool(t, 1);
  await pool.load('triple', { path }, CPU);
  t.equal((await pool.run(request('triple', { x: float32(2) }))).tensors['y']?.data[0], 6);
});

t.test('symbolic and unknown dimensions are null in the signature, others are numbers', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'int64', ['batch', null, 3]);
  graph.output('same', x, 'int64', ['batch', null, 3]);
  graph.output('size', graph.node('Size', [x]), 'int64', []);
  const session = await createDirectSession({ bytes: graph.toModel() }, CPU);
  t.same(session.signature, {
    inputs: [{ name: 'x', type: 'int64', dims: [null, null, 3] }],
    outputs: [{ name: 'same', type: 'int64', dims: [null, null, 3] }, { name: 'size', type: 'int64', dims: [] }],
  });
  await session.release();
});

t.test('an output that is no tensor is refused by its name', async (t) => {
  await t.rejects(createDirectSession({ bytes: sklearnModel('logistic-strings') }, CPU), /output 'output_probability' is a sequence, map or optional/);
});

t.test('an element type that is not supported is refused by its name', async (t) => {
  const graph = createGraphBuilder();
  const narrow = graph.node('Cast', [graph.input('x', 'float32', ['n'])], { to: 16 });
  const model = withTensorOutput(graph.toModel(), narrow, 16);
  await t.rejects(createDirectSession({ bytes: model }, CPU), /element type bfloat16, which is not supported/);
});

t.test('a direct session runs in the calling thread', async (t) => {
  const session = await createDirectSession({ bytes: fussyModel() }, CPU);
  const all = await session.run({ x: float32(1, 2, 3, 4) });
  t.same(all['y'], { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  t.same(Object.keys(await session.run({ x: float32(1, 2, 3, 4) }, ['y'])), ['y']);
  await t.rejects(session.run({ x: float32(1) }), { name: 'EngineRunError', message: /reshape/i });
  await session.release();
  await t.rejects(createDirectSession({ bytes: Uint8Array.of(1) }, CPU));
});

t.test('outputs are memory of their own, untouched by later runs and by changes of the inputs', async (t) => {
  const session = await createDirectSession({ bytes: identityModel('float32') }, CPU);
  const x = float32(1, 2);
  const first = await session.run({ x });
  x.data.fill(7);
  const second = await session.run({ x });
  await session.release();
  t.same([first['y']?.data, second['y']?.data], [Float32Array.of(1, 2), Float32Array.of(7, 7)]);
});

t.test('sha256OfFile digests the bytes of a file', async (t) => {
  const content = Buffer.alloc(300_000, 'metaerr');
  const path = join(t.testdir({}), 'file');
  writeFileSync(path, content);
  t.equal(await sha256OfFile(path), createHash('sha256').update(content).digest('hex'));
  await t.rejects(sha256OfFile(`${path}-absent`), { code: 'ENOENT' });
});
