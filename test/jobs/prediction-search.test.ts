import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { PredictionSearchUseCase, SearchCursor, SearchQuery, SearchResult } from '../../src/jobs/search/contracts.js';
import { comparePlaces, keyIn, SEARCH_ORDERS, type Place } from '../../src/jobs/search/order.js';
import { createPredictionSearch, MOST_SEARCHED_ROWS } from '../../src/jobs/search/prediction-search.js';
import type { ScanBatch, ScanQuery } from '../../src/ledger/ledger.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { batchOf, labelItem, newId, type ReplySpec } from '../support/ledger-data.js';
import { ManualClock } from '../support/manual-clock.js';

const NOW = Date.UTC(2026, 2, 1);
const KEY = { model: 'm', version: 1, digest: 'd' };
const EVERYTHING: SearchQuery = { model: 'm', version: null, order: 'time', labelled: null, from: null, to: null, limit: 7, exploration: 0, cursor: null };

function open(t: { teardown(close: () => void): void }) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const ledger = createDirectLedger(db);
  const scans: ScanQuery[] = [];
  const watched = { scan: (query: ScanQuery) => (scans.push(query), ledger.scan(query)), prediction: ledger.prediction };
  return { ledger, scans, search: createPredictionSearch({ ledger: watched, catalogue: catalogueOf([loadedModel()], []), clock: new ManualClock(NOW) }) };
}

const nameOf = ({ id, row }: Pick<Place, 'id' | 'row'>) => `${id} ${row}`;

/** Every page, from the first cursor to the last. */
async function pages({ search }: PredictionSearchUseCase, query: SearchQuery): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: SearchCursor | null = null;
  do {
    const { predictions, next }: SearchResult = await search({ ...query, cursor });
    found.push(predictions.map(nameOf));
    cursor = next;
  } while (cursor !== null && found.length < 100);
  return found;
}

const reply = fc.record({
  // Many at the same time, some years ago.
  age: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3_600_000 }), fc.integer({ min: 0, max: 100_000_000_000 })),
  probability: fc.oneof(fc.constantFrom(NaN, 0, 0.25, 0.5, 0.75, 1), fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000)),
  rows: fc.integer({ min: 1, max: 3 }),
  labelled: fc.boolean(),
});

t.test('every page of every order is what sorting all rows gives', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { maxLength: 40 }), fc.constantFrom(...SEARCH_ORDERS), fc.constantFrom(null, true, false), async (replies, order, labelled) => {
      const system = open(t);
      const specs: ReplySpec[] = replies.map(({ age, probability, rows }) => ({ id: newId('m'), rows, createdAt: NOW - age, failureProbability: probability }));
      for (const spec of specs) await system.ledger.append(batchOf({ key: KEY, replies: [spec] }));
      const known = specs.filter((_, i) => replies[i]?.labelled === true);
      await system.ledger.record(known.map(({ id }) => labelItem(id, '9', { row: 0 })));
      const expected = specs
        .flatMap(({ id, rows = 1, createdAt = 0, failureProbability = NaN }, i) =>
          Array.from({ length: rows }, (_, row) => ({ id, row, createdAt, key: keyIn(order, failureProbability, createdAt), known: row === 0 && replies[i]?.labelled === true })))
        .filter(({ key, known }) => !Number.isNaN(key) && (labelled === null || known === labelled))
        .sort(comparePlaces)
        .map(nameOf);
      const found = await pages(system.search, { ...EVERYTHING, order, labelled });
      assert.deepEqual(found.flat(), expected);
      assert.ok(found.every((page, i) => page.length === 7 || (i + 1 === found.length && page.length < 7)));
    }),
    { numRuns: 60 },
  );
});

t.test('rows that come between two pages move nothing', async (t) => {
  const system = open(t);
  const ids = Array.from({ length: 20 }, () => newId('m'));
  await system.ledger.append(batchOf({ key: KEY, replies: ids.map((id, i) => ({ id, createdAt: NOW - 1_000 * i, failureProbability: i / 20 })) }));
  for (const [order, expected] of [['time', ids], ['risk', ids.toReversed()]] as const) {
    const first = await system.search.search({ ...EVERYTHING, order, limit: 10 });
    await system.ledger.append(batchOf({ key: KEY, replies: [{ id: newId('m'), createdAt: NOW + 5, failureProbability: 0.51 }] }));
    const second = await system.search.search({ ...EVERYTHING, order, limit: 10, cursor: first.next });
    t.same([...first.predictions, ...second.predictions].map(({ id }) => id), expected);
    t.equal(second.next, null);
  }
});

t.test('what is asked for is mostly new: the newest rows are found without reading the old ones', async (t) => {
  const system = open(t);
  const day = 86_400_000;
  await system.ledger.append(batchOf({ key: KEY, replies: Array.from({ length: 50 }, (_, i) => ({ id: newId('m'), createdAt: NOW - i * day })) }));
  const { searched, predictions } = await system.search.search({ ...EVERYTHING, limit: 2 });
  t.equal(predictions.length, 2);
  t.ok(searched.rows < 10, `${searched.rows} rows read`);
  t.equal(searched.complete, false);
  const all = await system.search.search({ ...EVERYTHING, limit: 60, from: NOW - 9 * day });
  t.same([all.predictions.length, all.searched], [10, { from: NOW - 9 * day, to: NOW + 1, rows: 10, complete: true }]);
});

t.test('an order that the ledger does not have goes no further back than a bound, and says how far', async (t) => {
  const rows = MOST_SEARCHED_ROWS / 4;
  /** A ledger with 25,000 rows in every window. */
  const scan = async function* ({ from, to }: ScanQuery): AsyncGenerator<ScanBatch> {
    const floats = (value: number) => new Float64Array(rows).fill(value);
    yield {
      count: rows, keys: [KEY], keyOf: new Int32Array(rows), ids: Array.from({ length: rows }, (_, i) => `${from} ${i}`), rows: new Int32Array(rows),
      createdAt: floats(Number(to) - 1), labels: Array<null>(rows).fill(null), values: floats(NaN), confidences: floats(0.5), failureProbabilities: floats(0.5),
      reviews: new Uint8Array(rows), metaVersions: new Int32Array(rows), audits: new Uint8Array(rows), choices: new Uint16Array(rows), statuses: new Uint8Array(rows), failures: new Int8Array(rows).fill(-1),
      truths: Array<null>(rows).fill(null), featureSchemas: Array<string>(rows).fill(''), features: Array<null>(rows).fill(null), inputs: Array<null>(rows).fill(null),
    };
  };
  const search = createPredictionSearch({ ledger: { scan, prediction: async () => [] }, catalogue: catalogueOf([loadedModel()], []), clock: new ManualClock(NOW) });
  const first = await search.search({ ...EVERYTHING, order: 'risk' });
  t.same(first.searched, { from: NOW + 1 - 15 * 60_000, to: NOW + 1, rows: MOST_SEARCHED_ROWS, complete: false });
  const second = await search.search({ ...EVERYTHING, order: 'risk', cursor: first.next });
  t.same(second.searched, { ...first.searched, complete: true }, 'the range of the first page, whatever is in it');
});

t.test('a model that nobody knows is refused', async (t) => {
  await t.rejects(open(t).search.search({ ...EVERYTHING, model: 'nobody' }), { code: 'MODEL_NOT_FOUND' });
});

t.test('a share of the first page of uncertainty is chosen regardless of it: audited rows first, then a sample of all', async (t) => {
  const { ledger, search } = open(t);
  const rows = 300;
  const ids = Array.from({ length: rows }, () => newId('m'));
  await ledger.append(batchOf({ key: KEY, replies: ids.map((id, i) => ({ id, createdAt: NOW - 1000 - i, failureProbability: i / 1000, audit: i === 7 || i === 8, choice: i === 7 ? 3277 : 0 })) }));
  const query: SearchQuery = { ...EVERYTHING, order: 'uncertainty', limit: 20, exploration: 0.5 };
  const page = await search.search(query);
  const explored = page.predictions.filter((found) => found.explored);
  t.equal(page.predictions.length, 20);
  t.equal(explored.length, 10);
  t.same(page.predictions.slice(0, 10).map(({ id }) => id), ids.slice(-10).reverse(), 'those that tell most');
  t.same(explored.slice(0, 2).map(({ id }) => id), [ids[7], ids[8]], 'audited ones, newest first');
  t.equal(explored[0]?.choiceProbability, 3277 / 65_535, 'as it was planned');
  for (const found of explored.slice(2)) t.ok(Math.abs((found.choiceProbability ?? 0) - 8 / 288) < 1e-9);
  t.equal(new Set(page.predictions.map(nameOf)).size, 20, 'none twice');
  t.same(await search.search(query), page, 'the same search finds the same');

  const times = new Map<string, number>();
  for (let to = NOW - 500; to < NOW; to++) {
    const { predictions } = await search.search({ ...query, to, limit: 10, exploration: 1 });
    for (const { id } of predictions) times.set(id, (times.get(id) ?? 0) + 1);
  }
  // 8 of 298, 500 times: 13.4 expected, with a deviation of 3.6.
  const counts = ids.filter((_, i) => i !== 7 && i !== 8).map((id) => times.get(id) ?? 0);
  t.ok(Math.max(...counts) < 34, `at most ${Math.max(...counts)}`);
  t.ok(Math.min(...counts) > 0, `at least ${Math.min(...counts)}`);

  const next = await search.search({ ...query, cursor: page.next });
  t.notOk(next.predictions.some((found) => found.explored), 'only the first page');
  t.same(next.predictions[0]?.id, ids.at(-11));
  t.notOk((await search.search({ ...query, order: 'risk' })).predictions.some((found) => found.explored));
});
