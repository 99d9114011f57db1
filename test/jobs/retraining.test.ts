import t from 'tap';
import type { Test } from 'tap';
import { createChampionFollower } from '../../src/jobs/champion-follower.js';
import { createRetraining } from '../../src/jobs/retraining.js';
import { createSqliteJobQueue } from '../../src/jobs/sqlite/sqlite-queue.js';
import type { ModelKey } from '../../src/ledger/ledger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { challenger } from '../support/jobs-challenger.js';
import { ManualClock, turns } from '../support/manual-clock.js';
import { asyncJobTable, temporaryDatabase } from '../support/jobs-database.js';
import { recordingLogger } from '../support/recording-logger.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY } from '../support/jobs-predictions.js';
import { recordingSwapper } from '../support/jobs-swapper.js';

const BY_NOBODY = { requestId: null, traceParent: null };

function open(t: Test) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const clock = new ManualClock();
  const registry = createDirectMetaRegistry(db);
  const swapper = recordingSwapper();
  const champions = createChampionFollower(registry, swapper);
  const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger: recordingLogger(), maxAttempts: 3 });
  const catalogue = catalogueOf([loadedModel()], ['broken']);
  const order: string[] = [];
  const writer = { flush: async () => void order.push('flush') };
  const useCase = createRetraining({
    catalogue, writer, registry, champions, clock,
    queue: {
      enqueue: (job) => {
        order.push('enqueue');
        return queue.enqueue(job);
      },
    },
  });
  const add = (key: ModelKey = KEY, featureSchema = 'schema-1') => {
    const { onnx, reason, metrics, training } = challenger('keep', 'stored');
    return registry.add({ key, createdAt: clock.now(), reason, metrics, training, featureSchema, onnx: onnx ?? new Uint8Array() });
  };
  return { registry, swapper, champions, useCase, order, add };
}

await t.test('retrain flushes, then enqueues; a waiting job is returned again', async (t) => {
  const { useCase, order } = open(t);
  const job = await useCase.retrain('m', BY_NOBODY);
  t.match(job, { type: 'retrain', model: 'm', version: 1, state: 'waiting', trigger: 'manual' });
  t.equal((await useCase.retrain('m', BY_NOBODY)).id, job.id);
  t.same(order, ['flush', 'enqueue', 'flush', 'enqueue']);
  await t.rejects(useCase.retrain('nobody', BY_NOBODY), { code: 'MODEL_NOT_FOUND' });
  await t.rejects(useCase.retrain('broken', BY_NOBODY), { code: 'MODEL_UNAVAILABLE' });
});

await t.test('metaModels lists them, also of a model that is not loaded', async (t) => {
  const { useCase, add } = open(t);
  await add();
  t.match(await useCase.metaModels('m'), [{ version: 1, state: 'candidate' }]);
  t.same(await useCase.metaModels('broken'), []);
  await t.rejects(useCase.metaModels('nobody'), { code: 'MODEL_NOT_FOUND' });
});

await t.test('promote makes a stored one serve, forwards and back', async (t) => {
  const { useCase, add, registry, swapper } = open(t);
  await add();
  await add();
  t.match(await useCase.promote('m', 2), { version: 2, state: 'champion' });
  t.match(await useCase.promote('m', 1), { version: 1, state: 'champion' });
  t.match(await useCase.promote('m', 1), { version: 1, state: 'champion' }, 'again');
  t.match(await registry.list('m'), [{ version: 2, state: 'retired' }, { version: 1, state: 'champion' }]);
  t.same(swapper.swaps.map((swap) => swap.version), [2, 1, 1]);
});

await t.test('promote refuses what is not there or does not fit', async (t) => {
  const { useCase, add, registry, swapper } = open(t);
  await add({ ...KEY, digest: 'another file' });
  await add(KEY, 'schema-0');
  await add({ ...KEY, version: 2 });
  await t.rejects(useCase.promote('m', 9), { code: 'META_MODEL_NOT_FOUND' });
  await t.rejects(useCase.promote('nobody', 1), { code: 'MODEL_NOT_FOUND' });
  await t.rejects(useCase.promote('m', 1), { code: 'INVALID_REQUEST', field: 'version', message: /another file of version 1/ });
  await t.rejects(useCase.promote('m', 2), { code: 'INVALID_REQUEST', field: 'version', message: /schema-0.*schema-1/ });
  await t.rejects(useCase.promote('m', 3), { code: 'VERSION_NOT_FOUND' });
  t.equal(await registry.champion(KEY), null);
  t.same(swapper.swaps, []);
});

await t.test('of two promotions at the same time one conflicts, and what serves is the champion', async (t) => {
  const { useCase, add, registry, swapper } = open(t);
  await add();
  await add();
  const outcomes = await Promise.allSettled([useCase.promote('m', 1), useCase.promote('m', 2)]);
  t.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
  t.match(outcomes.find((outcome) => outcome.status === 'rejected'), { reason: { code: 'PROMOTION_CONFLICT' } });
  t.equal(swapper.swaps.at(-1)?.version, (await registry.champion(KEY))?.version);
});

await t.test('the follower ends at the newest champion, however slow a swap is', async (t) => {
  const { add, registry, swapper, champions } = open(t);
  await add();
  await add();
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  swapper.before = (version) => (version === 1 ? slow : Promise.resolve());
  t.equal(await champions.follow(KEY), 0, 'no champion: the cold start');
  await registry.promote(KEY, 1, null, 1);
  const first = champions.follow(KEY);
  await registry.champion(KEY);
  await registry.promote(KEY, 2, 1, 2);
  const second = champions.follow(KEY);
  await turns();
  release();
  await first;
  t.equal(await second, 2);
  t.match(swapper.swaps.at(-1), { version: 2 });
  swapper.broken.add(2);
  await t.rejects(champions.follow(KEY), { message: 'the graph cannot be loaded' });
  swapper.broken.clear();
  t.equal(await champions.follow(KEY), 2, 'a failed swap does not stop the next');
});
