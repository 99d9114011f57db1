import fc from 'fast-check';
import t, { type Test } from 'tap';
import { unlabelledSpan, type SearchLimits } from '../../src/jobs/unlabelled-span.js';
import type { Ledger, ModelKey } from '../../src/ledger/ledger.js';
import { createLedgerCore } from '../../src/ledger/sqlite/core.js';
import { inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { createLedgerFacade } from '../../src/ledger/sqlite/ledger-facade.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import { countingScan } from '../support/counting-scan.js';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
/** Ten rows of any kind fill a page of the ledger, twenty a span. */
const LIMITS: SearchLimits = { span: 2, all: 20, least: 10 };
const SPAN = 20;

/** A ledger with pages of ten rows that counts the rows it hands out. */
function open(t: Test) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const pages = { append: 1_000, select: 10, readFeatures: 10, read: 10, scan: 10, scanBytes: 1 << 20, count: 10, prune: 10 };
  const ledger = createLedgerFacade(inThisThread(createLedgerCore(db)), async () => undefined, pages);
  const { counting, seen } = countingScan(ledger);
  return { ledger, counting, seen };
}

async function write(ledger: Ledger, key: ModelKey, times: readonly number[], labelled: (row: number) => boolean = () => false): Promise<void> {
  const replies = times.map((createdAt) => ({ id: newId(key.model, createdAt), createdAt }));
  await ledger.append(batchOf({ key, replies }));
  const items = replies.filter((_, row) => labelled(row)).map(({ id }) => labelItem(id, '9'));
  if (items.length > 0) await ledger.record(items);
}

const stream = (rows: number, start: number, gap: number): number[] => Array.from({ length: rows }, (_, row) => start + gap * row);
const queryOf = (key: ModelKey, newest = 10) => ({ key, featureSchema: 'schema', before: NOW, newest });

await t.test('of 5,000 rows at an even rate a few spans are looked at', async (t) => {
  for (const gap of [1, 20, 3_000, 5 * HOUR]) {
    const { ledger, counting, seen } = open(t);
    const key = freshKey();
    await write(ledger, key, stream(5_000, NOW - 5_000 * gap, gap));
    t.same(await unlabelledSpan(counting, queryOf(key), LIMITS), { from: NOW - 10 * gap, rows: 10 });
    // At one row a millisecond, a dozen halvings of the first minute.
    t.ok(seen.rows < 30 * SPAN, `${seen.rows} rows at one row in ${gap} ms`);
  }
});

await t.test('a burst of 5,000 rows long ago is not looked through', async (t) => {
  const { ledger, counting, seen } = open(t);
  const key = freshKey();
  const start = NOW - 20 * HOUR;
  await write(ledger, key, stream(5_000, start, 1));
  t.same(await unlabelledSpan(counting, queryOf(key), LIMITS), { from: start + 4_990, rows: 10 });
  // One span too many for each halving of the 40 hours at most.
  t.ok(seen.rows < 40 * SPAN, `${seen.rows} rows in ${seen.scans} spans`);
});

await t.test('a quiet ledger is passed over in few steps', async (t) => {
  const { ledger, counting, seen } = open(t);
  const key = freshKey();
  await write(ledger, key, [1, 2, 3]);
  t.same(await unlabelledSpan(counting, queryOf(key), LIMITS), { from: 1, rows: 3 });
  t.ok(seen.scans < 20, `${seen.scans} spans`);
});

await t.test('where nearly every row has a ground truth, or is of another version, what was found until then is enough', async (t) => {
  const { ledger, counting, seen } = open(t);
  const key = freshKey();
  await write(ledger, key, stream(5_000, NOW - 5_000, 1), (row) => row % 50 !== 0);
  const found = await unlabelledSpan(counting, queryOf(key), LIMITS);
  t.ok(found !== null && found.rows >= 3 && found.rows < 10, `${found?.rows} rows`);
  t.ok(seen.rows < 40 * SPAN, `${seen.rows} rows`);
  seen.rows = 0;
  t.equal(await unlabelledSpan(counting, queryOf({ ...key, version: 2 }), LIMITS), null);
  t.ok(seen.rows < 40 * SPAN, `${seen.rows} rows`);
});

await t.test('one millisecond with too many rows is looked through whole', async (t) => {
  const { ledger, counting } = open(t);
  const key = freshKey();
  await write(ledger, key, new Array<number>(300).fill(NOW - 77));
  await write(ledger, key, stream(5, NOW - 76, 1));
  t.same(await unlabelledSpan(counting, queryOf(key), LIMITS), { from: NOW - 77, rows: 10 });
});

await t.test('it finds where the newest rows begin, whatever the bursts', async (t) => {
  const { ledger, counting } = open(t);
  const burst = fc.record({ ago: fc.integer({ min: 1, max: 30 * HOUR }), gap: fc.constantFrom(0, 1, 500, HOUR), rows: fc.integer({ min: 1, max: 120 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (bursts, newest) => {
      const key = freshKey();
      const times = bursts.flatMap(({ ago, gap, rows }) => stream(rows, NOW - ago, gap)).sort((a, b) => a - b);
      await write(ledger, key, times);
      const kept = times.filter((time) => time < NOW).slice(-newest);
      t.same(await unlabelledSpan(counting, queryOf(key, newest), { ...LIMITS, all: 1_000 }), { from: kept[0], rows: kept.length });
    }),
    { numRuns: 60 },
  );
});
