import t from 'tap';
import { EngineRunError } from '../../src/engine/engine.js';
import { createThreadPool } from '../../src/engine/pool.js';
import { float32, fussyModel, scaleModel } from '../support/engine-models.js';
import { CPU, ENGINE_THREAD, loadSlow, request, startPool } from '../support/engine-pool.js';

t.test('law 1: a loaded session is usable on every thread, and loading leaves the others running', async (t) => {
  const pool = startPool(t, 2);
  const slow = await loadSlow(pool);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  const order: string[] = [];
  const long = slow(300).then(() => order.push('slow run'));
  const loading = pool.load('triple', { bytes: scaleModel(3) }, CPU).then(() => order.push('load'));
  await pool.run(request('double', { x: float32(1) }));
  order.push('quick run');
  await Promise.all([long, loading]);
  t.equal(order[0], 'quick run', 'a free thread goes on running while another one is busy and a session is loading');
  const replies = await Promise.all([1, 2, 3, 4].map((x) => pool.run(request('triple', { x: float32(x) }))));
  t.same(replies.map((reply) => reply.tensors['y']?.data[0]), [3, 6, 9, 12]);
});

t.test('law 1: with sessions in service, only one thread at a time is taken for a load', async (t) => {
  const pool = startPool(t, 2, new URL('../support/engine-held-thread.js', import.meta.url));
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  const threads = new BroadcastChannel('engine-held-load');
  t.teardown(async () => threads.close());
  let loaded = false;
  const loading = pool.load('held', { bytes: scaleModel(3) }, CPU).then(() => (loaded = true));
  for (const thread of [1, 2]) {
    await new Promise((resolve) => (threads.onmessage = resolve));
    const reply = await pool.run(request('double', { x: float32(thread) }));
    t.equal(reply.tensors['y']?.data[0], 2 * thread, `while thread ${thread} loads, the other answers`);
    t.notOk(loaded);
    threads.postMessage('go on');
  }
  await loading;
});

t.test('law 1: load describes the session, and refuses an id that is in use', async (t) => {
  const pool = startPool(t, 2);
  const loaded = await pool.load('double', { bytes: scaleModel(2) }, CPU);
  t.same(loaded, {
    signature: { inputs: [{ name: 'x', type: 'float32', dims: [null] }], outputs: [{ name: 'y', type: 'float32', dims: [null] }] },
    executionProvider: 'cpu',
    fallback: null,
  });
  await t.rejects(pool.load('double', { bytes: scaleModel(3) }, CPU), /'double' is loaded already/);
  const reply = await pool.run(request('double', { x: float32(4) }));
  t.equal(reply.tensors['y']?.data[0], 8, 'the first session is still there');
});

t.test('law 2: runs start in order of arrival and use every free thread', async (t) => {
  const single = startPool(t, 1);
  const slowOnOne = await loadSlow(single);
  await single.load('double', { bytes: scaleModel(2) }, CPU);
  const order: number[] = [];
  const runs = [slowOnOne(50).then(() => order.push(0))];
  for (const i of [1, 2, 3, 4, 5]) runs.push(single.run(request('double', { x: float32(i) })).then(() => order.push(i)));
  t.equal(single.pending, 6);
  await Promise.all(runs);
  t.same(order, [0, 1, 2, 3, 4, 5]);
  t.equal(single.pending, 0);

  const pair = startPool(t, 2);
  const slowOnTwo = await loadSlow(pair);
  await pair.load('double', { bytes: scaleModel(2) }, CPU);
  let slowEnded = false;
  const slow = slowOnTwo(400).then(() => (slowEnded = true));
  await Promise.all([1, 2, 3].map((x) => pair.run(request('double', { x: float32(x) }))));
  t.notOk(slowEnded, 'the second thread answers while the first is busy');
  await slow;
});

t.test('law 3: unload takes effect after the runs that were posted before it', async (t) => {
  const pool = startPool(t, 1);
  const slow = await loadSlow(pool);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  const before = [slow(50), pool.run(request('double', { x: float32(1) })), pool.run(request('double', { x: float32(2) }))];
  const unloading = pool.unload('double');
  await t.rejects(pool.run(request('double', { x: float32(3) })), { name: 'EngineRunError', session: 'double' }, 'a later run is refused');
  await t.rejects(pool.load('double', { bytes: scaleModel(5) }, CPU), /'double' is unloading/);
  const results = await Promise.all(before);
  t.same(results.slice(1).map((reply) => reply.tensors['y']?.data[0]), [2, 4]);
  await unloading;
  await pool.load('double', { bytes: scaleModel(5) }, CPU);
  const again = await pool.run(request('double', { x: float32(1) }));
  t.equal(again.tensors['y']?.data[0], 5, 'the id is free again');
  await pool.unload('unknown');
});

t.test('law 4: a required step that fails rejects with its session and message; the pool and the tensors stay usable', async (t) => {
  const pool = startPool(t, 1);
  await pool.load('fussy', { bytes: fussyModel() }, CPU);
  const bad = { x: float32(1, 2, 3) };
  await t.rejects(pool.run(request('fussy', bad)), { name: 'EngineRunError', session: 'fussy', message: /reshape/i });
  t.equal(bad.x.data.length, 3, 'the buffer was not taken from the caller');
  const good = { x: float32(1, 2, 3, 4) };
  for (const _ of [1, 2]) t.same([...((await pool.run(request('fussy', good))).tensors['y']?.data ?? [])], [1, 2, 3, 4]);
  await t.rejects(pool.run(request('nowhere', good)), { name: 'EngineRunError', session: 'nowhere' });
});

t.test('law 4: a model that cannot be loaded rejects load and leaves nothing behind', async (t) => {
  const pool = startPool(t, 2);
  await t.rejects(pool.load('broken', { bytes: Uint8Array.of(1, 2, 3) }, CPU), /protobuf/i);
  await t.rejects(pool.load('absent', { path: '/nowhere/model.onnx' }, CPU), /exist/);
  await pool.load('broken', { bytes: scaleModel(2) }, CPU);
  const reply = await pool.run(request('broken', { x: float32(1) }));
  t.equal(reply.tensors['y']?.data[0], 2, 'the id can be used for a sound model');
});

t.test('law 5: close lets the runs in progress end, and refuses new ones', async (t) => {
  const pool = createThreadPool({ threadUrl: ENGINE_THREAD })({ name: 'closing', instances: 2 });
  const slow = await loadSlow(pool);
  const order: string[] = [];
  const runs = [slow(200), slow(200), slow(10)].map((run) => run.then(() => order.push('run')));
  const closing = pool.close().then(() => order.push('closed'));
  t.equal(pool.close(), pool.close(), 'closing is done once');
  await t.rejects(slow(1), EngineRunError);
  await t.rejects(pool.load('late', { bytes: scaleModel(2) }, CPU), /closed/);
  await Promise.all([...runs, closing]);
  t.same(order, ['run', 'run', 'run', 'closed']);
});

t.test('the number of instances must be a positive integer', async (t) => {
  const factory = createThreadPool({ threadUrl: ENGINE_THREAD });
  for (const instances of [0, -1, 1.5, NaN]) t.throws(() => factory({ name: 'm', instances }), /positive integer/);
});
