import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { EnginePool } from '../../src/engine/engine.js';
import { float32, scaleModel } from '../support/engine-models.js';
import { CPU, request, startPool } from '../support/engine-pool.js';
import { ManualClock } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';
import { within } from '../support/within.js';

/** Law 6 of the pool: instances that give up, and what becomes of them. */

const CRASHING = new URL('../support/engine-crashing-thread.js', import.meta.url);
const PATIENCE_MILLISECONDS = 150_000;
const crash = request('double', { x: float32(1), crash: float32(1) });
const sound = request('double', { x: float32(3) });

async function start(t: Test, instances = 1) {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const pool = startPool(t, instances, CRASHING, { clock, logger });
  await pool.load('double', { bytes: scaleModel(2) }, CPU);
  return { pool, clock, logger };
}

const down = async (t: Test, pool: EnginePool, ends: number) => {
  for (let i = 0; i < ends; i++) await t.rejects(pool.run(crash), /thread ended/);
};
const worksAgain = (pool: EnginePool) => within(PATIENCE_MILLISECONDS, () => pool.outages.length === 0);
const answerOf = async (pool: EnginePool, session = 'double') => (await pool.run(request(session, { x: float32(3) }))).tensors['y']?.data[0];

t.test('an instance that has given up is tried again after a pause, and told in the log', async (t) => {
  const { pool, clock, logger } = await start(t);
  await down(t, pool, 4);
  t.same(clock.pauses, [5_000]);
  clock.advance(3_500);
  t.match(pool.outages, [{ retryAfterSeconds: 2 }]);
  await t.rejects(pool.run(sound), { name: 'EngineDownError', retryAfterSeconds: 2 });
  clock.advance(1_500);
  await worksAgain(pool);
  t.equal(await answerOf(pool), 6);
  t.same(logger.lines.map(({ level, message }) => `${level}: ${message}`), [
    ...new Array<string>(3).fill('warn: an engine thread ended, another one takes its place'),
    'error: an instance of the model does not work and is tried again',
    'info: an instance of the model works again',
  ]);
  t.match(logger.lines[3]?.fields, { model: 'test', down: 1, instances: 1, retry_seconds: 5, err: /exit code 7/ });
});

t.test('the pauses grow to a bound while no run succeeds, and begin anew when one does', async (t) => {
  const { pool, clock } = await start(t);
  await down(t, pool, 3);
  for (const pause of [5, 10, 20, 40, 80, 160, 300, 300]) {
    // On trial, one end is enough.
    await down(t, pool, 1);
    t.same(clock.pauses, [pause * 1000]);
    clock.advance(pause * 1000);
    await worksAgain(pool);
  }
  t.equal(await answerOf(pool), 6);
  await down(t, pool, 4);
  t.same(clock.pauses, [5_000]);
});

t.test('while some instances work, the sessions that are loaded and unloaded are so in all when the others work again', async (t) => {
  const { pool, clock } = await start(t, 2);
  // Seven ends on two threads: one of them has ended four times, the other at most three.
  await down(t, pool, 7);
  t.equal(pool.outages.length, 1);
  await pool.load('late', { bytes: scaleModel(5) }, CPU);
  await pool.load('passing', { bytes: scaleModel(9) }, CPU);
  await pool.unload('passing');
  t.equal(await answerOf(pool, 'late'), 15);
  clock.advance(5_000);
  await worksAgain(pool);
  const answers = await Promise.all(Array.from({ length: 6 }, () => answerOf(pool, 'late')));
  t.same(answers, new Array(6).fill(15), 'whichever instance ran them');
  await t.resolves(pool.load('passing', { bytes: scaleModel(4) }, CPU));
  t.same(await Promise.all(Array.from({ length: 6 }, () => answerOf(pool, 'passing'))), new Array(6).fill(12));
});

t.test('a session that cannot be loaded again keeps the instance from working until it can', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-engine-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [file, kept] = [join(folder, 'model.onnx'), join(folder, 'kept.onnx')];
  for (const each of [file, kept]) writeFileSync(each, scaleModel(7));
  const { pool, clock } = await start(t);
  await pool.load('filed', { path: file }, CPU);
  rmSync(file);
  await down(t, pool, 1);
  await within(PATIENCE_MILLISECONDS, () => pool.outages.length === 1);
  t.match(pool.outages, [{ reason: /session 'filed' could not be loaded again: .*model\.onnx/ }]);
  clock.advance(5_000);
  await within(PATIENCE_MILLISECONDS, () => clock.pauses.includes(10_000));
  copyFileSync(kept, file);
  clock.advance(10_000);
  await worksAgain(pool);
  t.equal(await answerOf(pool, 'filed'), 21);
  t.equal(await answerOf(pool), 6);
});

t.test('a pool closes while an instance waits to be tried, and while it is', async (t) => {
  for (const tried of [false, true]) {
    const { pool, clock } = await start(t);
    await down(t, pool, 4);
    if (tried) clock.advance(5_000);
    await pool.close();
    t.same(clock.pauses, [], 'no timer is left');
  }
});
