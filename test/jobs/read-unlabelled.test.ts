import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readUnlabelled } from '../../src/jobs/read-unlabelled.js';
import { unlabelledLimit, type UnlabelledQuery } from '../../src/jobs/unlabelled-rows.js';
import type { Ledger, ModelKey } from '../../src/ledger/ledger.js';
import { onBothLedgers, type OpenLedger } from '../support/both-ledgers.js';
import { batchOf, freshKey, labelItem, newId, WIDTH } from '../support/ledger-data.js';

/** Whole in float32, in which the feature vectors [createdAt, row, class] tell which rows came. */
const NOW = 10_000_000;

interface Row {
  readonly createdAt: number;
  readonly labelled?: boolean;
  readonly key?: Partial<ModelKey>;
  readonly featureSchema?: string;
}

/** Logs one reply a row, those of one key and schema in a batch, and then the ground truths. */
async function write(ledger: Ledger, key: ModelKey, rows: readonly Row[]): Promise<string[]> {
  const ids = rows.map(({ createdAt }) => newId(key.model, createdAt));
  const batches = new Map<string, { key: ModelKey; featureSchema: string; replies: { id: string; createdAt: number }[] }>();
  rows.forEach(({ createdAt, key: other = {}, featureSchema = 'schema' }, i) => {
    const name = JSON.stringify([other, featureSchema]);
    const batch = batches.get(name) ?? { key: { ...key, ...other }, featureSchema, replies: [] };
    batch.replies.push({ id: ids[i] ?? '', createdAt });
    batches.set(name, batch);
  });
  for (const batch of batches.values()) await ledger.append(batchOf(batch));
  const items = ids.filter((_, i) => rows[i]?.labelled === true).map((id) => labelItem(id, '9'));
  if (items.length > 0) await ledger.record(items);
  return ids;
}

/** Times (and numbers) of the rows that are read; null where there are none. */
async function read(ledger: Pick<Ledger, 'scan'>, key: ModelKey, change: Partial<UnlabelledQuery> = {}, onRows: (rows: number) => void = () => undefined): Promise<[number, number][] | null> {
  const found = await readUnlabelled(ledger, { key, featureSchema: 'schema', before: NOW, newest: 5, ...change }, WIDTH, onRows);
  if (found === null) return null;
  t.equal(found.features.length, found.rows * WIDTH);
  return Array.from({ length: found.rows }, (_, row) => [found.features[row * WIDTH] ?? NaN, found.features[row * WIDTH + 1] ?? NaN]);
}

const timesOf = (rows: readonly [number, number][] | null): number[] | null => rows?.map(([createdAt]) => createdAt) ?? null;

async function rules(t: Test, open: OpenLedger): Promise<void> {
  const ledger = await open(t);

  await t.test('the newest come, oldest first, and are told as they come', async (t) => {
    const key = freshKey();
    await write(ledger, key, [7, 1, 2, 9, 3, 4].map((minutes) => ({ createdAt: NOW - 60_000 * minutes })));
    const told: number[] = [];
    t.same(timesOf(await read(ledger, key, { newest: 4 }, (rows) => told.push(rows))), [4, 3, 2, 1].map((minutes) => NOW - 60_000 * minutes));
    t.equal(told[0], 0);
    t.equal(told.at(-1), 4);
  });

  await t.test('fewer than are wanted; none of a model that the ledger does not know', async (t) => {
    const key = freshKey();
    await write(ledger, key, [{ createdAt: 0 }, { createdAt: 1_000 }, { createdAt: NOW - 1 }]);
    t.same(timesOf(await read(ledger, key)), [0, 1_000, NOW - 1], 'from the beginning of time on');
    t.equal(await read(ledger, freshKey()), null);
  });

  await t.test('rows with a ground truth, of another digest, version or schema, and from the end on do not come', async (t) => {
    const key = freshKey();
    const createdAt = NOW - 10;
    const others: Row[] = [
      { createdAt, labelled: true }, { createdAt, key: { digest: 'b'.repeat(64) } }, { createdAt, key: { version: 2 } }, { createdAt, featureSchema: 'other' }, { createdAt: NOW },
    ];
    await write(ledger, key, others);
    t.equal(await read(ledger, key), null);
    await write(ledger, key, [{ createdAt: NOW - 900_000 }]);
    t.same(timesOf(await read(ledger, key)), [NOW - 900_000]);
    t.same(timesOf(await read(ledger, key, { before: NOW + 0.5 })), [NOW - 900_000, NOW], 'an end between two milliseconds');
  });

  await t.test('of one moment with more rows than are wanted the last in order come', async (t) => {
    const key = freshKey();
    const createdAt = NOW - 3_000;
    await ledger.append(batchOf({ key, replies: [{ id: newId(key.model, createdAt), rows: 3_000, createdAt }] }));
    t.same(await read(ledger, key, { newest: 3 }), [[createdAt, 2_997], [createdAt, 2_998], [createdAt, 2_999]]);
    await write(ledger, key, [{ createdAt: createdAt + 1 }]);
    t.same(await read(ledger, key, { newest: 2 }), [[createdAt, 2_999], [createdAt + 1, 0]]);
  });

  await t.test('a row that gets its ground truth meanwhile does not come, nor does one too many that comes late', async (t) => {
    const key = freshKey();
    const ids = await write(ledger, key, [{ createdAt: NOW - 5 }, { createdAt: NOW - 4 }, { createdAt: NOW - 3 }]);
    const between = (change: () => Promise<unknown>): Pick<Ledger, 'scan'> => ({
      async *scan(query) {
        if (query.features) await change();
        yield* ledger.scan(query);
      },
    });
    t.same(timesOf(await read(between(() => ledger.record([labelItem(ids[1] ?? '', '9')])), key)), [NOW - 5, NOW - 3]);
    t.same(timesOf(await read(between(() => write(ledger, key, [{ createdAt: NOW - 1 }])), key, { newest: 2 })), [NOW - 3, NOW - 1]);
    const alone = freshKey();
    const [id = ''] = await write(ledger, alone, [{ createdAt: NOW - 5 }]);
    t.equal(await read(between(() => ledger.record([labelItem(id, '9')])), alone), null);
  });

  await t.test('whatever the bursts: the same as of all rows, sorted and cut', async (t) => {
    const burst = fc.record({
      start: fc.integer({ min: 0, max: NOW }), gap: fc.constantFrom(0, 1, 700, 40_000), rows: fc.integer({ min: 1, max: 30 }),
      labelled: fc.boolean(), key: fc.constantFrom<Partial<ModelKey>>({}, {}, {}, { version: 2 }, { digest: 'b' }), featureSchema: fc.constantFrom('schema', 'schema', 'other'),
    });
    const ends = fc.integer({ min: 1, max: NOW + 2_000_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 8 }), ends, fc.integer({ min: 1, max: 60 }), async (bursts, before, newest) => {
        const key = freshKey();
        const rows = bursts.flatMap(({ start, gap, rows: count, ...kind }) => Array.from({ length: count }, (_, i) => ({ ...kind, createdAt: start + gap * i })));
        await write(ledger, key, rows);
        const wanted = rows.filter((row) => !row.labelled && Object.keys(row.key).length === 0 && row.featureSchema === 'schema' && row.createdAt < before);
        const expected = wanted.map(({ createdAt }) => createdAt).sort((a, b) => a - b).slice(-newest);
        t.same(timesOf(await read(ledger, key, { before, newest })), expected.length === 0 ? null : expected);
      }),
      { numRuns: 40 },
    );
  });
}

await onBothLedgers(t, rules);

await t.test('a profile of an older release has the default', async (t) => {
  t.equal(unlabelledLimit({}), 5_000);
  t.equal(unlabelledLimit({ max_unlabelled_rows: 0 }), 0);
});
