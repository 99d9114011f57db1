import t from 'tap';
import type { Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { createChampionFollower, createNoFollower } from '../../src/jobs/champion-follower.js';
import { createChampionWatch } from '../../src/jobs/champion-watch.js';
import type { ModelKey } from '../../src/ledger/ledger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { recordingSwapper } from '../support/jobs-swapper.js';
import { ManualClock, turns } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';

const HALF_MINUTE = 30_000;

type Changeable = { -readonly [K in keyof LoadedModel]: LoadedModel[K] };

/** A watch over some loaded models whose meta-model is the one that was swapped in last, and a registry that another process writes to as well. */
function open(t: Test, names: readonly string[] = ['m']) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const clock = new ManualClock();
  const logger = recordingLogger();
  const recording = recordingSwapper();
  const models = names.map((model): Changeable => ({ ...loadedModel({ key: { model } }) }));
  const swapper = {
    async swap(key: ModelKey, version: number, onnx: Uint8Array | null) {
      await recording.swap(key, version, onnx);
      for (const model of models) if (model.key.model === key.model) model.meta = version === 0 ? null : { version, labelFree: false, session: 's' };
    },
  };
  // What is promoted here is not told to the watch.
  const elsewhere = createDirectMetaRegistry(db);
  const own = createDirectMetaRegistry(db);
  const interruptions: (() => void)[] = [];
  const faults: unknown[] = [];
  let reads = 0;
  const registry: MetaModelRegistry = {
    ...own,
    onInterruption: (listener) => void interruptions.push(listener),
    async champion(key) {
      reads += 1;
      await turns(1);
      if (faults.length > 0) throw faults.shift();
      return own.champion(key);
    },
  };
  const watch = createChampionWatch({ registry, champions: createChampionFollower(registry, swapper), catalogue: catalogueOf(models), clock, logger });
  const promote = async (by: MetaModelRegistry, model = 'm', featureSchema = 'schema-1') => {
    const key = { model, version: 1, digest: 'digest' };
    const version = await by.add(newModel({ key, featureSchema, onnx: Uint8Array.of(1) }));
    await by.promote(key, version, (await by.champion(key))?.version ?? null, 1);
    return version;
  };
  const serving = () => models.map((model) => model.meta?.version ?? 0);
  const quiet = () => turns(40);
  const logged = (level: string) => logger.lines.filter((line) => line.level === level).map(({ message }) => message);
  return {
    watch, models, clock, recording, elsewhere, own, promote, serving, quiet, logged, faults,
    reads: () => reads,
    interrupt: () => interruptions.forEach((listener) => listener()),
  };
}

await t.test('what was promoted before the start serves after it', async (t) => {
  const { watch, promote, elsewhere, serving, quiet } = open(t, ['m', 'n']);
  await promote(elsewhere, 'n');
  watch.start();
  await quiet();
  t.same(serving(), [0, 1]);
  await watch.close();
});

await t.test('a promotion is followed; one of a model that is not loaded is left alone', async (t) => {
  const { watch, promote, own, serving, quiet, recording, reads, logged } = open(t);
  watch.start();
  await quiet();
  const before = reads();
  t.equal(await promote(own, 'unknown'), 1);
  await quiet();
  t.equal(reads(), before);
  t.equal(await promote(own), 1);
  await quiet();
  t.same(serving(), [1]);
  t.same(recording.swaps.map(({ version }) => version), [1]);
  t.same(logged('warn'), []);
  await watch.close();
});

await t.test('promotions while one is brought in lead to one more look', async (t) => {
  const { watch, promote, own, serving, quiet, recording, reads } = open(t);
  let release = () => {};
  recording.before = (version) => (version === 1 ? new Promise((resolve) => (release = resolve)) : Promise.resolve());
  watch.start();
  await quiet();
  await promote(own);
  await quiet();
  for (let i = 0; i < 50; i++) await promote(own);
  const before = reads();
  release();
  await quiet();
  t.same(serving(), [51]);
  t.same(recording.swaps.map(({ version }) => version), [1, 51]);
  t.equal(reads() - before, 2, 'the watch and the follower, once each');
  await watch.close();
});

await t.test('after an interruption, and from time to time, it looks for what it has not heard of', async (t) => {
  const { watch, promote, elsewhere, serving, quiet, clock, interrupt, reads } = open(t, ['m', 'n']);
  watch.start();
  await quiet();
  await promote(elsewhere);
  clock.advance(HALF_MINUTE - 1);
  await quiet();
  t.same(serving(), [0, 0]);
  clock.advance(1);
  await quiet();
  t.same(serving(), [1, 0]);
  await promote(elsewhere, 'n');
  interrupt();
  await quiet();
  t.same(serving(), [1, 1]);
  const before = reads();
  for (let i = 0; i < 10; i++) interrupt();
  await quiet();
  t.equal(reads() - before, 4, 'two rounds, however often it was interrupted');
  t.equal(clock.timers, 1);
  await watch.close();
  t.equal(clock.timers, 0);
});

await t.test('a registry that has lost its champion means the cold start', async (t) => {
  const { watch, models, serving, quiet } = open(t);
  for (const model of models) model.meta = { version: 7, labelFree: false, session: 's' };
  watch.start();
  await quiet();
  t.same(serving(), [0]);
  await watch.close();
});

await t.test('what fails is told and tried again, later and later, at most half a minute', async (t) => {
  const { watch, promote, own, serving, quiet, recording, clock, logged } = open(t);
  recording.broken.add(1);
  watch.start();
  await quiet();
  await promote(own);
  await quiet();
  t.equal(logged('warn').length, 1);
  for (const [i, pause] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
    clock.advance(pause - 1);
    await quiet();
    t.equal(logged('warn').length, i + 1, `not before ${pause} ms`);
    clock.advance(1);
    await quiet();
    t.equal(logged('warn').length, i + 2);
  }
  recording.broken.clear();
  clock.advance(HALF_MINUTE);
  await quiet();
  t.same(serving(), [1]);
  t.match(logged('warn')[0], 'champion could not be followed, it is tried again');
  clock.advance(500);
  await quiet();
  t.equal(clock.timers, 1);
  await watch.close();
});

await t.test('further failures do not put off the next try', async (t) => {
  const { watch, promote, own, quiet, recording, clock, logged } = open(t);
  for (let version = 1; version <= 4; version++) recording.broken.add(version);
  watch.start();
  await quiet();
  await promote(own);
  await quiet();
  clock.advance(400);
  await promote(own);
  await quiet();
  t.equal(logged('warn').length, 2);
  clock.advance(100);
  await quiet();
  t.equal(logged('warn').length, 3, 'half a second after the first');
  await promote(own);
  await quiet();
  clock.advance(999);
  await quiet();
  t.equal(logged('warn').length, 4, 'nor bring it forward');
  await watch.close();
});

await t.test('a registry that cannot be reached is asked once a round', async (t) => {
  const { watch, promote, elsewhere, serving, quiet, clock, faults, logged, reads } = open(t, ['a', 'b', 'c']);
  await promote(elsewhere, 'c');
  faults.push(new MetaErrError('STORE_UNAVAILABLE', 'away', { retryAfterSeconds: 2 }));
  watch.start();
  await quiet();
  t.equal(reads(), 1);
  t.equal(logged('warn').length, 1);
  faults.push(new Error('only this one'));
  clock.advance(500);
  await quiet();
  t.same(serving(), [0, 0, 1], 'another fault is that of one model');
  t.equal(logged('warn').length, 2);
  await watch.close();
});

await t.test('a champion that reads other features does not serve, and that is said once', async (t) => {
  const { watch, promote, own, serving, quiet, clock, logged, recording } = open(t);
  watch.start();
  await quiet();
  await promote(own);
  await quiet();
  await promote(own, 'm', 'another schema');
  await quiet();
  clock.advance(HALF_MINUTE);
  await quiet();
  t.same(serving(), [1]);
  t.equal(recording.swaps.length, 1);
  t.same(logged('warn'), ['champion reads other features than the loaded model has, it does not serve here']);
  await promote(own);
  await quiet();
  t.same(serving(), [3]);
  await watch.close();
});

await t.test('close waits for what is under way, and nothing begins after it', async (t) => {
  const { watch, promote, own, serving, quiet, recording, clock, interrupt } = open(t);
  let release = () => {};
  recording.before = () => new Promise((resolve) => (release = resolve));
  watch.start();
  await quiet();
  await promote(own);
  await quiet();
  let closed = false;
  const closing = watch.close().then(() => (closed = true));
  await promote(own);
  await quiet();
  t.notOk(closed);
  release();
  await closing;
  t.same(serving(), [1]);
  await promote(own);
  interrupt();
  clock.advance(2 * HALF_MINUTE);
  await quiet();
  t.same(serving(), [1]);
});

await t.test('without a follower the champion is only looked up', async (t) => {
  const { own, promote, recording } = open(t);
  const follower = createNoFollower(own);
  const key = { model: 'm', version: 1, digest: 'digest' };
  t.equal(await follower.follow(key), 0);
  await promote(own);
  t.equal(await follower.follow(key), 1);
  t.same(recording.swaps, []);
});
