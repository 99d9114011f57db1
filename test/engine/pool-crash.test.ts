import t from 'tap';
import { createThreadPool } from '../../src/engine/pool.js';
import { float32, scaleModel } from '../support/engine-models.js';
import { CPU, request, startPool } from '../support/engine-pool.js';

const CRASHING = new URL('../support/engine-crashing-thread.js', import.meta.url);
const crash = request('double', { x: float32(1), crash: float32(1) });
const sound = request('double', { x: float32(3) });

t.test('a thread that ends rejects its run, and comes back with its sessions', async (t) => {
  const pool = startPool(t, 1, CRASHING);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  await pool.load('gone', { bytes: scaleModel(9) }, CPU);
  await pool.unload('gone');
  const crashed = t.rejects(pool.run(crash), { name: 'EngineRunError', session: 'double', message: /thread ended: exit code 7/ });
  const waiting = pool.run(sound);
  await crashed;
  t.equal((await waiting).tensors['y']?.data[0], 6, 'a waiting run is answered by the new thread');
  await t.rejects(pool.run(request('gone', { x: float32(1) })), { name: 'EngineRunError', session: 'gone' });
  await t.resolves(pool.load('gone', { bytes: scaleModel(4) }, CPU), 'what was unloaded does not come back');
});

t.test('a run that succeeds in between renews the number of restarts', async (t) => {
  const pool = startPool(t, 1, CRASHING);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  for (let i = 0; i < 5; i++) {
    await t.rejects(pool.run(crash), /thread ended/);
    t.equal((await pool.run(sound)).tensors['y']?.data[0], 6);
  }
});

t.test('a thread that ends again and again is given up, with a reason', async (t) => {
  const pool = startPool(t, 1, CRASHING);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  for (let i = 0; i < 4; i++) await t.rejects(pool.run(crash), /thread ended/);
  await t.rejects(pool.run(sound), { name: 'EngineDownError', message: /given up after 3 restarts/, retryAfterSeconds: 5 });
  await t.rejects(pool.load('late', { bytes: scaleModel(2) }, CPU), { name: 'EngineDownError', message: /given up/ });
  t.match(pool.outages, [{ reason: /given up after 3 restarts/, retryAfterSeconds: 5 }]);
  t.equal(pool.pending, 0);
});

t.test('the other threads go on when one is given up', async (t) => {
  const pool = startPool(t, 2, CRASHING);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  // Seven ends on two threads: one of them has ended four times, the other at most three.
  for (let i = 0; i < 7; i++) await t.rejects(pool.run(crash), /thread ended/);
  const replies = await Promise.all([1, 2, 3].map(() => pool.run(sound)));
  t.same(replies.map((reply) => reply.tensors['y']?.data[0]), [6, 6, 6]);
});

t.test('a load that ends the thread is rejected, and the sessions before it live on', async (t) => {
  const pool = startPool(t, 1, CRASHING);
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  await t.rejects(pool.load('crash', { bytes: scaleModel(2) }, CPU), /thread ended: exit code 9/);
  t.equal((await pool.run(sound)).tensors['y']?.data[0], 6);
});

t.test('an entry that does not exist is an error, not a hang', async (t) => {
  const pool = createThreadPool({ threadUrl: new URL('./no-such-thread.js', import.meta.url) })({ name: 'none', instances: 1 });
  await t.rejects(pool.load('double', { bytes: scaleModel(2) }, CPU), /Cannot find module/);
  await pool.close();
});
