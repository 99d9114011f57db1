import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { createMetrics } from '../../src/core/metrics.js';
import type { LabelChange, PredictionBatch } from '../../src/ledger/ledger.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { PartlyWritten } from '../../src/ledger/partly-written.js';
import { createLedgerWriter } from '../../src/ledger/writer.js';
import { ManualClock } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';
import { batchOf, collect, freshKey, keyOf, labelItem, newId, temporaryFolder } from '../support/ledger-data.js';

const full = () => new MetaErrError('LEDGER_UNAVAILABLE', 'disk full', { retryAfterSeconds: 5 });

/** A writer over a real store whose appends can be held back or made to fail. */
function setUp(t: Test, limits: { maxRows?: number; maxBufferedRows?: number; maxLargeRows?: number } = {}) {
  const folder = openDataFolder(temporaryFolder(t));
  t.teardown(() => folder.close());
  const ledger = createDirectLedger(folder.db);
  const clock = new ManualClock(0);
  const metrics = createMetrics();
  const logger = recordingLogger();
  const appended: PredictionBatch[] = [];
  const changes: LabelChange[] = [];
  const gate = { fail: null as Error | null, open: Promise.resolve() };
  const writer = createLedgerWriter({
    ledger: {
      async append(batch) {
        appended.push(batch);
        await gate.open;
        if (gate.fail !== null) throw gate.fail;
        return ledger.append(batch);
      },
    },
    clock, metrics, logger,
    flushIntervalMilliseconds: 100, maxRows: limits.maxRows ?? 1_000, maxBufferedRows: limits.maxBufferedRows ?? 10_000, maxLargeRows: limits.maxLargeRows ?? 10_000,
    onChanges: (more) => void changes.push(...more),
  });
  const rows = async (result: string) => (await metrics.ledgerRows.get()).values.find((v) => v.labels.result === result)?.value ?? 0;
  const depth = async () => (await metrics.ledgerQueueRows.get()).values[0]?.value;
  return { writer, ledger, clock, logger, appended, changes, gate, rows, depth, key: freshKey() };
}

const one = (key: PredictionBatch['key'], id: string, rows = 1) => batchOf({ key, replies: [{ id, rows, createdAt: rows }] });

t.test('rows are written after the interval, batches of one key in one append', async (t) => {
  const { writer, ledger, clock, appended, rows, depth, key } = setUp(t);
  const ids = [newId(key.model), newId(key.model), newId(key.model)];
  const [a = '', b = '', c = ''] = ids;
  t.ok(writer.add(one(key, a, 2)));
  t.ok(writer.add(one({ ...key, version: 2 }, b)));
  t.ok(writer.add(one(key, c, 3)));
  t.equal(await depth(), 6);
  t.ok(ids.every((id) => writer.holds(id)));
  clock.advance(99);
  t.equal(appended.length, 0);
  clock.advance(1);
  await writer.flush();
  t.same(appended.map((batch) => [batch.key.version, batch.ids]), [[1, [a, a, c, c, c]], [2, [b]]]);
  t.notOk(ids.some((id) => writer.holds(id)));
  t.equal(await depth(), 0);
  t.equal(await rows('written'), 6);
  await ledger.record([0, 1, 2].map((row) => labelItem(c, '9', { row })));
  const [batch] = await collect(ledger.labelled({ key, featureSchema: 'schema', from: null, to: null, newest: 9, features: true }));
  t.same(batch?.features, Float32Array.of(3, 0, 9, 3, 1, 9, 3, 2, 9), 'columns stay aligned');
  t.equal(clock.pauses.length, 0, 'nothing is left to do');
});

t.test('callers\' own ids are held until every reply that they name is durable', async (t) => {
  const { writer, ledger, appended, gate, key } = setUp(t);
  const named = (version: number, ...callers: string[]) => writer.add(batchOf({ key: { ...key, version }, replies: callers.map((caller) => ({ id: newId(key.model), caller })) }));
  named(1, 'a', 'twice');
  named(1, 'b');
  named(2, 'twice');
  const names = ['a', 'b', 'twice'].map((name) => keyOf(key.model, name));
  const holds = () => names.map((name) => writer.holds(name));
  t.same(holds(), [true, true, true]);
  let release = (): void => undefined;
  const written = writer.flush();
  gate.open = new Promise((resolve) => (release = resolve));
  while (appended.length < 2) await new Promise(setImmediate);
  t.same(holds(), [false, false, true], 'the second use waits for its own append');
  release();
  await written;
  t.same(holds(), [false, false, false]);
  t.same(appended.map(({ callers }) => callers.length), [3, 1], 'batches that are joined keep their ids');
  const { results } = await ledger.record(names.map((name) => labelItem(name, '9')));
  t.same(results, [{ status: 'matched' }, { status: 'matched' }, { status: 'invalid', reason: 'ambiguous_id' }]);
});

t.test('maxRows starts a write at once and bounds an append, except for one larger reply', async (t) => {
  const { writer, appended, key } = setUp(t, { maxRows: 4 });
  for (const size of [2, 2, 1, 2, 9, 1]) writer.add(one(key, newId(key.model), size));
  await writer.flush();
  t.same(appended.map((batch) => batch.ids.length), [4, 9, 4]);
});

t.test('beyond maxBufferedRows batches are dropped and counted, those on their way included', async (t) => {
  const { writer, gate, rows, key } = setUp(t, { maxRows: 2, maxBufferedRows: 3 });
  let release = (): void => undefined;
  gate.open = new Promise((resolve) => (release = resolve));
  t.ok(writer.add(one(key, newId(key.model), 2)));
  t.notOk(writer.add(one(key, newId(key.model), 2)));
  t.ok(writer.add(one(key, newId(key.model), 1)));
  release();
  await writer.flush();
  t.equal(await rows('dropped'), 2);
  t.equal(await rows('written'), 3);
  t.ok(writer.add(one(key, newId(key.model), 3)), 'there is room again');
});

t.test('a batch of more rows than may wait is taken beside them while writes work', async (t) => {
  const { writer, ledger, gate, rows, depth, key } = setUp(t, { maxRows: 100, maxBufferedRows: 3, maxLargeRows: 10 });
  const ids = [newId(key.model), newId(key.model)] as const;
  const add = (size: number, id = newId(key.model)) => writer.add(one(key, id, size));
  t.ok(add(5, ids[0]), 'more than may wait');
  t.ok(add(3), 'it takes nobody\'s room');
  t.notOk(add(1), 'nor gives any');
  t.ok(add(5, ids[1]), 'up to a bound of their own');
  t.notOk(add(4));
  t.equal(await depth(), 13);
  await writer.flush();
  for (const id of ids) t.equal((await ledger.prediction(id)).length, 5);
  t.equal(await rows('dropped'), 5);
  t.ok(add(10), 'there is room again');

  gate.fail = full();
  await t.rejects(writer.flush());
  t.notOk(add(4), 'what is too large to wait does not while writes fail');
  t.notOk(add(1), 'and the limit is for all that waits');
  gate.fail = null;
  await writer.flush();
  t.ok(add(4));
});

t.test('while a batch of very many rows is written, others are, and what they hold can be waited for alone', async (t) => {
  const { writer, ledger, gate, appended, key } = setUp(t, { maxRows: 4 });
  const [large, small] = [newId(key.model), newId(key.model)];
  let release = (): void => undefined;
  gate.open = new Promise((resolve) => (release = resolve));
  writer.add(one(key, large, 9));
  t.equal(appended.length, 1);
  gate.open = Promise.resolve();
  writer.add(one(key, small));
  await writer.flush([small, newId(key.model)]);
  t.same([large, small].map((id) => writer.holds(id)), [true, false]);
  t.same([(await ledger.prediction(large)).length, (await ledger.prediction(small)).length], [0, 1]);
  const all = writer.flush();
  release();
  await all;
  t.equal((await ledger.prediction(large)).length, 9);
});

t.test('rows that are dropped are told in the log, once until nothing waits any more', async (t) => {
  const { writer, logger, key } = setUp(t, { maxBufferedRows: 3, maxLargeRows: 0 });
  const said = () => logger.lines.filter(({ message }) => message.startsWith('prediction rows dropped')).map(({ fields }) => fields);
  for (const size of [3, 1, 4]) writer.add(one(key, newId(key.model), size));
  t.same(said(), [{ rows: 1, waiting: 3, limit: 3 }]);
  await writer.flush();
  writer.add(one(key, newId(key.model), 4));
  t.same(said(), [{ rows: 1, waiting: 3, limit: 3 }, { rows: 4, waiting: 0, limit: 3 }]);
});

t.test('flush waits for a write under way and for what was added during it', async (t) => {
  const { writer, ledger, gate, key } = setUp(t);
  let release = (): void => undefined;
  gate.open = new Promise((resolve) => (release = resolve));
  const [first, second] = [newId(key.model), newId(key.model)];
  writer.add(one(key, first));
  const early = writer.flush();
  writer.add(one(key, second));
  const late = writer.flush();
  t.ok(writer.holds(first), 'under way is not durable');
  release();
  await early;
  t.equal((await ledger.prediction(first)).length, 1);
  await late;
  t.equal((await ledger.prediction(second)).length, 1);
  await writer.flush();
});

t.test('a ledger that is unavailable: rows are kept, pauses grow, and the next success writes all', async (t) => {
  const { writer, ledger, clock, gate, rows, key } = setUp(t);
  gate.fail = full();
  const id = newId(key.model);
  writer.add(one(key, id));
  await t.rejects(writer.flush(), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 5 });
  t.ok(writer.degraded);
  t.same(clock.pauses, [200]);
  await t.rejects(writer.flush(), { code: 'LEDGER_UNAVAILABLE' });
  t.same(clock.pauses, [400], 'one timer, twice as long');
  for (let i = 0; i < 12; i++) await t.rejects(writer.flush());
  t.same(clock.pauses, [30_000], 'the pause is bounded');
  t.ok(writer.holds(id));
  gate.fail = null;
  clock.advance(30_000);
  await writer.flush();
  t.notOk(writer.degraded);
  t.equal((await ledger.prediction(id)).length, 1);
  t.equal(await rows('failed'), 14);
  t.equal(await rows('written'), 1);
});

t.test('a batch that the ledger refuses as a defect does not stop those behind it', async (t) => {
  const { writer, ledger, rows, key } = setUp(t);
  const id = newId(key.model);
  writer.add({ ...one({ ...key, version: 2 }, newId(key.model)), reviews: new Uint8Array(7) });
  writer.add(one(key, id));
  await t.rejects(writer.flush(), { code: 'LEDGER_UNAVAILABLE', message: /reviews/ });
  await writer.flush();
  t.equal((await ledger.prediction(id)).length, 1);
  t.equal(await rows('dropped'), 1);
  t.notOk(writer.degraded);
});

t.test('nor does it at the end: close writes what is behind it, and tells what was refused', async (t) => {
  const { writer, ledger, rows, key } = setUp(t);
  const ids = Array.from({ length: 3 }, () => newId(key.model));
  const refused = () => ({ ...one({ ...key, version: 2 }, newId(key.model)), reviews: new Uint8Array(7) });
  writer.add(refused());
  writer.add(one(key, ids[0] ?? ''));
  writer.add({ ...refused(), key: { ...key, version: 3 } });
  writer.add(one({ ...key, version: 4 }, ids[1] ?? ''));
  await t.rejects(writer.close(), { code: 'LEDGER_UNAVAILABLE', message: /reviews/ });
  for (const id of ids.slice(0, 2)) t.equal((await ledger.prediction(id)).length, 1);
  t.equal(await rows('written'), 2);
  t.equal(await rows('dropped'), 2);
});

t.test('changes of pending ground truths are passed on', async (t) => {
  const { writer, ledger, changes, key } = setUp(t);
  const id = newId(key.model);
  await ledger.record([labelItem(id, '3')]);
  writer.add(one(key, id));
  writer.add(one(key, newId(key.model)));
  await writer.flush();
  t.match(changes, [{ key, labelled: 1, failuresGained: 1, failuresLost: 0, expectedFailures: 0.5, labelSequence: 1 }]);
});

t.test('so are those of an append that was rejected though a part of it is durable, and the same batch is given again', async (t) => {
  const { writer, ledger, changes, gate, appended, key } = setUp(t);
  const [first, second] = [newId(key.model), newId(key.model)];
  await ledger.record([labelItem(first, '3'), labelItem(second, '9')]);
  writer.add(one(key, first));
  writer.add(one(key, second));
  gate.fail = new PartlyWritten(full(), await ledger.append(one(key, first)));
  await t.rejects(writer.flush(), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 5 });
  t.match(changes, [{ labelled: 1, failuresGained: 1 }]);
  writer.add(one(key, newId(key.model)));
  gate.fail = null;
  await writer.flush();
  t.match(changes, [{ labelled: 1, failuresGained: 1 }, { labelled: 1, failuresGained: 0 }]);
  t.equal(appended[1], appended[0]);
  t.equal(appended[1]?.ids.length, 2);
});

t.test('close flushes and takes no more; what cannot be written is counted as dropped', async (t) => {
  const { writer, ledger, rows, key } = setUp(t);
  const id = newId(key.model);
  writer.add(one(key, id));
  await Promise.all([writer.close(), writer.close()]);
  t.equal((await ledger.prediction(id)).length, 1);
  t.notOk(writer.add(one(key, newId(key.model))));
  t.equal(await rows('dropped'), 1);

  const broken = setUp(t);
  broken.gate.fail = full();
  broken.writer.add(one(broken.key, newId(broken.key.model), 4));
  await t.rejects(broken.writer.close(), { code: 'LEDGER_UNAVAILABLE' });
  t.equal(await broken.rows('dropped'), 4);
  t.same(broken.clock.pauses, [], 'no timer is left');
});
