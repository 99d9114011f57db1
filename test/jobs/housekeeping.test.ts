import t from 'tap';
import type { Test } from 'tap';
import { createCatalogueProfiles } from '../../src/jobs/catalogue-profiles.js';
import { createHousekeeping } from '../../src/jobs/housekeeping.js';
import { createSqliteJobQueue } from '../../src/jobs/sqlite/sqlite-queue.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { ManualClock } from '../support/manual-clock.js';
import { asyncJobTable, temporaryDatabase } from '../support/jobs-database.js';
import { recordingLogger } from '../support/recording-logger.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY, labelItem, newId, reply } from '../support/jobs-predictions.js';

const DAY = 86_400_000;
const COUNT = { model: 'm', version: null, from: null, to: null };

function countedList(registry: MetaModelRegistry) {
  const listed: string[] = [];
  const list = (model: string) => {
    listed.push(model);
    return registry.list(model);
  };
  return { listed, counted: { ...registry, list } };
}

function open(t: Test, change: (ledger: Ledger) => Ledger = (ledger) => ledger) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const clock = new ManualClock();
  const logger = recordingLogger();
  const ledger = createDirectLedger(db);
  const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger, maxAttempts: 3 });
  const models = ['broken', 'm'].map((model) => loadedModel({ key: { model }, retention: { days: 30, max_rows: 5, pending_days: 3 } }));
  // An older version of the same model with other limits, which do not count.
  models.push(loadedModel({ key: { model: 'm', version: 0 }, retention: { max_rows: 1 } }));
  const profiles = createCatalogueProfiles(catalogueOf(models, ['unavailable']));
  const registry = createDirectMetaRegistry(db);
  const { listed, counted } = countedList(registry);
  const housekeeping = createHousekeeping({ ledger: change(ledger), registry: counted, queue, profiles, clock, logger, jobDays: 7 });
  return { clock, logger, ledger, registry, listed, queue, housekeeping };
}

await t.test('a round deletes what has outlived its retention', async (t) => {
  const { clock, logger, ledger, queue, housekeeping } = open(t);
  await ledger.append(reply(newId('m', clock.now()), clock.now(), 2));
  await ledger.record([labelItem(newId('m', clock.now()), 0, 'a', clock.now())]);
  const old = await queue.enqueue({ type: 'retrain', model: 'm', version: 1, trigger: 'manual', requestId: null, traceParent: null });
  await queue.cancel(old.id);
  await housekeeping.round();
  t.match(await ledger.counts(COUNT), { predictions: 2, pending: 1, expired: 0 }, 'all is young');
  t.ok(await queue.get(old.id));

  clock.advance(4 * DAY);
  await housekeeping.round();
  t.match(await ledger.counts(COUNT), { predictions: 2, pending: 0, expired: 1 });
  t.ok(await queue.get(old.id));

  clock.advance(27 * DAY);
  await ledger.append(reply(newId('m', clock.now()), clock.now(), 8));
  await housekeeping.round();
  t.match(await ledger.counts(COUNT), { predictions: 5 }, 'by age and by number');
  t.equal(await queue.get(old.id), null);
  t.same(logger.lines.map((line) => line.level), ['info', 'info']);
});

await t.test('meta-models go with the last row of a base file that is served no more', async (t) => {
  const { clock, logger, ledger, registry, housekeeping } = open(t);
  const [served, labelled, answered, empty] = [KEY, { ...KEY, version: 7 }, { ...KEY, digest: 'before' }, { ...KEY, version: 8 }];
  for (const key of [served, labelled, answered, empty]) await registry.promote(key, await registry.add(newModel({ key })), null, 1);
  const id = newId('m', clock.now());
  await ledger.append({ ...reply(id, clock.now(), 1), key: labelled });
  await ledger.record([labelItem(id, 0, 'a', clock.now())]);
  await ledger.append({ ...reply(newId('m', clock.now()), clock.now(), 1), key: answered });
  const left = async () => (await registry.list('m')).map(({ version }) => version);
  await housekeeping.round();
  t.same(await left(), [3, 2, 1], 'it may come back as long as it has rows');
  clock.advance(31 * DAY);
  await housekeeping.round();
  t.same(await left(), [1]);
  t.match(await registry.champion(served), { version: 1 });
  t.same(logger.lines.filter(({ message }) => message.startsWith('meta-models')).map(({ fields }) => fields), [{ model: 'm', meta_models: 1 }, { model: 'm', meta_models: 2 }]);
});

await t.test('the meta-models of a model are listed once a day, and again after a fault', async (t) => {
  const faults = [new Error('disk error')];
  const { clock, listed, registry, ledger, housekeeping } = open(t, (ledger) => ({
    ...ledger,
    scan: (query) => {
      const fault = faults.pop();
      if (fault !== undefined) throw fault;
      return ledger.scan(query);
    },
  }));
  await registry.add(newModel({ key: { ...KEY, digest: 'before' } }));
  await ledger.append({ ...reply(newId('m', clock.now()), clock.now(), 1), key: { ...KEY, digest: 'before' } });
  await housekeeping.round();
  t.same(listed, ['broken', 'm']);
  await housekeeping.round();
  t.same(listed, ['broken', 'm', 'm'], 'a look that failed is made again');
  for (let hour = 1; hour < 24; hour++) {
    clock.advance(DAY / 24);
    await housekeeping.round();
  }
  t.equal(listed.length, 3);
  clock.advance(DAY / 24);
  await housekeeping.round();
  t.same(listed.slice(3), ['broken', 'm']);
});

await t.test('a fault of one model is logged and does not stop the others', async (t) => {
  const { clock, logger, ledger, housekeeping } = open(t, (ledger) => ({
    ...ledger,
    prune: (retention) => (retention.model === 'broken' ? Promise.reject(new Error('disk error')) : ledger.prune(retention)),
  }));
  await ledger.append(reply(newId('m', clock.now()), clock.now(), 6));
  await housekeeping.round();
  t.match(await ledger.counts(COUNT), { predictions: 5 });
  t.match(logger.lines, [{ level: 'error', fields: { err: 'disk error', model: 'broken' } }, { level: 'info' }]);
});

await t.test('two rounds at the same time are one; close waits for it and stops between models', async (t) => {
  let calls = 0;
  let open_: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open_ = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const { housekeeping } = open(t, (ledger) => ({
    ...ledger,
    expirePending: async (tag, before) => {
      calls += 1;
      begin();
      await gate;
      return ledger.expirePending(tag, before);
    },
  }));
  const rounds = Promise.all([housekeeping.round(), housekeeping.round()]);
  await begun;
  const closing = housekeeping.close();
  open_();
  await Promise.all([rounds, closing]);
  t.equal(calls, 1, 'the second model was not begun');
});
