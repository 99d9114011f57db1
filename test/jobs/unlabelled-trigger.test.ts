import t from 'tap';
import type { Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { labelFreeNeed } from '../../src/jobs/label-free-need.js';
import { createSqliteJobQueue } from '../../src/jobs/sqlite/sqlite-queue.js';
import { createUnlabelledTrigger, type UnlabelledTriggerOptions } from '../../src/jobs/unlabelled-trigger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { onBothLedgers, type OpenLedger } from '../support/both-ledgers.js';
import { ManualClock } from '../support/manual-clock.js';
import { asyncJobTable, temporaryDatabase } from '../support/jobs-database.js';
import { ManualHandler } from '../support/jobs-handler.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY, labelItem, newId, reply } from '../support/jobs-predictions.js';
import { recordingLogger } from '../support/recording-logger.js';
import { within } from '../support/within.js';

type Policy = Parameters<typeof loadedModel>[0];
const PATIENCE_MILLISECONDS = 150_000;
const LEAST = { retraining: { min_unlabelled_rows: 200 } };

/** A trigger over one loaded model; `write` puts so many rows into the ledger and tells it. */
async function setUp(t: Test, open: OpenLedger, model: Policy = LEAST, change: (options: UnlabelledTriggerOptions) => UnlabelledTriggerOptions = (options) => options) {
  const { db, dispose } = temporaryDatabase();
  const ledger = await open(t);
  const clock = new ManualClock();
  const logger = recordingLogger();
  const registry = createDirectMetaRegistry(db);
  const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger, maxAttempts: 3 });
  let scans = 0;
  const counting = { scan: (query: Parameters<typeof ledger.scan>[0]) => ((scans += 1), ledger.scan(query)) };
  const trigger = createUnlabelledTrigger(change({ ledger: counting, registry, queue, catalogue: catalogueOf([loadedModel(model)]), clock, logger }));
  t.teardown(async () => {
    await trigger.close();
    dispose();
  });
  const write = async (rows: number) => {
    clock.advance(1_000);
    const id = newId('m', clock.now());
    await ledger.append(reply(id, clock.now(), rows));
    trigger.written(KEY, rows);
    return id;
  };
  const champion = async (training: { rows: number; unlabelledRows?: number }, expected: number | null = null) => {
    const version = await registry.add({
      key: KEY, createdAt: 1, reason: 'r', metrics: null, training: { failures: 0, from: 1, to: 2, seed: 1, ...training }, featureSchema: 'schema-1', onnx: new Uint8Array([1]),
    });
    t.ok(await registry.promote(KEY, version, expected, 1));
    return version;
  };
  /** Lets what was begun come to rest: a read of the ledger is behind the reads before it, and a look reads one page after the other. */
  const rest = async () => {
    for (let quiet = 0, seen = -1; quiet < 20; quiet = seen === scans ? quiet + 1 : 0) {
      seen = scans;
      await ledger.labelSequence(KEY);
      await queue.depth();
    }
  };
  const waiting = async () => (await rest(), (await queue.depth()).waiting);
  /** Resolves when a job waits. */
  const fired = () => within(PATIENCE_MILLISECONDS, async () => (await queue.depth()).waiting === 1);
  return { ledger, clock, logger, registry, queue, trigger, write, champion, rest, waiting, fired, scans: () => scans };
}

t.test('how many predictions are needed', (t) => {
  const { config: { retraining }, features: { layout } } = loadedModel({ retraining: { min_unlabelled_rows: 300, max_unlabelled_rows: 5_000 } });
  const need = (training: { rows: number; unlabelledRows?: number } | null, change: Partial<typeof retraining> = {}, byHand = false, featureSchema = layout.schema) =>
    labelFreeNeed({ layout, retraining: { ...retraining, ...change } }, training === null ? null : { training: { failures: 0, from: 0, to: 0, seed: 1, ...training }, featureSchema }, byHand);
  t.equal(need(null), 300);
  t.equal(need(null, { min_unlabelled_rows: 20 }), 200, 'no fit takes fewer');
  t.equal(need({ rows: 0, unlabelledRows: 310 }), 1_240);
  t.equal(need({ rows: 0, unlabelledRows: 2_000 }), 5_000, 'more are not read');
  t.equal(need({ rows: 0, unlabelledRows: 5_000 }), null);
  t.equal(need({ rows: 0, unlabelledRows: 310 }, {}, true), 311);
  t.equal(need({ rows: 0, unlabelledRows: 5_000 }, {}, true), 5_000);
  t.equal(need({ rows: 0, unlabelledRows: 310 }, {}, false, 'another'), 300, 'one that cannot serve any more is none');
  for (const rows of [20, 30_000]) t.equal(need({ rows }), null, 'never in place of one that learnt from ground truths, also by an old record');
  t.equal(need({ rows: 20 }, {}, true), null);
  for (const off of [{ min_unlabelled_rows: 0 }, { max_unlabelled_rows: 0 }, { max_unlabelled_rows: 199 }]) t.equal(need(null, off), null);
  const { min_unlabelled_rows: _, ...old } = retraining;
  t.equal(labelFreeNeed({ layout, retraining: old as typeof retraining }, null), 200, 'the profile of an older release');
  t.equal(labelFreeNeed({ layout: { ...layout, behaviour: { kind: 'none' } }, retraining }, null), null);
  t.equal(labelFreeNeed({ layout: { ...layout, behaviour: { kind: 'sorted', classes: 300, top: 16 } }, retraining }, null), null);
  t.equal(labelFreeNeed({ layout: { ...layout, inputWidth: 0 }, retraining }, null), null);
  t.end();
});

await onBothLedgers(t, async (t, open) => {
  await t.test('fires when enough predictions are stored, once; rows with a ground truth do not count', async (t) => {
    const { write, waiting, queue, ledger, scans, fired } = await setUp(t, open);
    const id = await write(60);
    await ledger.record(Array.from({ length: 60 }, (_, row) => labelItem(id, row, 'a', 1)));
    for (const rows of [60, 60, 60]) {
      await write(rows);
      t.equal(await waiting(), 0);
    }
    const before = scans();
    for (let i = 0; i < 4; i++) await write(5);
    t.equal(await waiting(), 0);
    t.equal(scans(), before, 'the store is not asked for each batch');
    await write(40);
    await fired();
    t.match(await queue.list({ model: 'm', limit: 1 }), [{ trigger: 'unlabelled', version: 1, requestId: null }]);
    await write(2_000);
    t.equal(await waiting(), 1, 'one job');
  });

  await t.test('again when there are four times as many as the live one learnt from', async (t) => {
    const { write, waiting, champion, trigger, queue, fired } = await setUp(t, open);
    await champion({ rows: 0, unlabelledRows: 200 });
    trigger.start();
    await write(790);
    t.equal(await waiting(), 0);
    await write(60);
    await fired();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const run = await manual.run(0);
    await champion({ rows: 0, unlabelledRows: 850 }, 1);
    run.finish({ promoted: true, meta_version: 2, reason: 'done' });
    for (let i = 0; i < 3; i++) await write(500);
    t.equal(await waiting(), 0);
    t.equal(manual.runs.length, 1);
    await queue.close(0);
  });

  await t.test('never where the champion learnt from ground truths, and again after a roll back to one that did not', async (t) => {
    const { write, waiting, champion, registry, trigger, fired } = await setUp(t, open);
    await champion({ rows: 0, unlabelledRows: 200 });
    await champion({ rows: 100 }, 1);
    trigger.start();
    await write(4_000);
    t.equal(await waiting(), 0);
    t.ok(await registry.promote(KEY, 1, 2, 5));
    await fired();
  });

  await t.test('predictions of before a restart are seen at the start', async (t) => {
    const { write, waiting, trigger, ledger, clock, fired } = await setUp(t, open);
    const id = newId('m', clock.now());
    await ledger.append(reply(id, clock.now(), 250));
    t.equal(await waiting(), 0);
    trigger.start();
    await fired();
    await write(1);
  });

  await t.test('a job that comes to nothing is asked for again at four times the rows', async (t) => {
    const { write, rest, queue } = await setUp(t, open);
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    await write(200);
    const first = await manual.run(0);
    first.finish({ promoted: false, meta_version: 0, reason: 'no' });
    await rest();
    await write(500);
    await rest();
    t.equal(manual.runs.length, 1);
    await write(150);
    await manual.run(1);
    await queue.close(0);
  });

  await t.test('off by the configuration; a store that is away is asked again', async (t) => {
    for (const retraining of [{ min_unlabelled_rows: 0 }, { automatic: false, min_unlabelled_rows: 200 }, { max_unlabelled_rows: 0, min_unlabelled_rows: 200 }]) {
      const off = await setUp(t, open, { retraining });
      off.trigger.start();
      await off.write(1_000);
      t.equal(await off.waiting(), 0);
    }
    let away = true;
    const { write, waiting, clock, logger, fired } = await setUp(t, open, LEAST, (options) => ({
      ...options,
      registry: {
        champion: (key) => (away ? Promise.reject(new MetaErrError('STORE_UNAVAILABLE', 'away')) : options.registry.champion(key)),
        onPromotion: (listener) => options.registry.onPromotion(listener),
      },
    }));
    await write(300);
    t.equal(await waiting(), 0);
    t.match(logger.lines.at(-1), { level: 'warn' });
    away = false;
    clock.advance(5_000);
    await fired();
  });
});
