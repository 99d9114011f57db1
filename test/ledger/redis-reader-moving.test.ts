import fc from 'fast-check';
import t from 'tap';
import { modelTag } from '../../src/core/ids.js';
import type { Ledger, ModelKey } from '../../src/ledger/ledger.js';
import { createRedisReader } from '../../src/ledger/redis/reader.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, freshKey, labelItem } from '../support/ledger-data.js';
import { clientOf, FEW } from '../support/redis-ledger-reading.js';
import { startRedis } from '../support/redis-server.js';

/** Reading while others write and delete: rows that are there throughout come once, in order, whatever happens between two pages. */
const server = await startRedis(t, { arguments: ['--appendfsync', 'no'] });
const client = await clientOf(t, server);
const ledger: Ledger = { ...createRedisLedger(client), ...createRedisReader(client, FEW) };

interface Row {
  readonly createdAt: number;
  readonly id: string;
  readonly row: number;
}

const inOrder = (a: Row, b: Row): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.row - b.row);
const nameOf = ({ id, row }: Row): string => `${id}/${row}`;

/** Rows that ought to be in the ledger, from the oldest on. */
class Expected {
  rows: Row[] = [];

  add(id: string, createdAt: number, rows: number): void {
    this.rows = [...this.rows, ...Array.from({ length: rows }, (_, row) => ({ createdAt, id, row }))].sort(inOrder);
  }

  keep(newest: number): void {
    this.rows = newest === 0 ? [] : this.rows.slice(-newest);
  }
}

const reply = fc.record({ number: fc.nat(999), createdAt: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 4 }), labelled: fc.boolean() });
const change = fc.record({ append: fc.array(reply, { maxLength: 3 }), prune: fc.option(fc.integer({ min: 1, max: 6 }), { nil: 0 }) });
type Reply = typeof reply extends fc.Arbitrary<infer T> ? T : never;

async function append(key: ModelKey, expected: Expected, replies: readonly Reply[]): Promise<void> {
  for (const { number, createdAt, rows, labelled } of replies) {
    const id = `${modelTag(key.model)}_01ARZ3NDEKTSV4RRFFQ69G5${String(number).padStart(3, '0')}`;
    if (expected.rows.some((row) => row.id === id)) continue;
    await ledger.append(batchOf({ key, replies: [{ id, createdAt, rows }] }));
    if (labelled) await ledger.record(Array.from({ length: rows }, (_, row) => labelItem(id, '9', { row })));
    expected.add(id, createdAt, rows);
  }
}

async function prune(key: ModelKey, expected: Expected, rows: number): Promise<void> {
  const newest = Math.max(0, expected.rows.length - rows);
  const done = await ledger.prune({ model: key.model, rowsBefore: -1, maxRows: newest, inputsBefore: -1 });
  if (done.rows !== Math.min(rows, expected.rows.length)) throw new Error(`${done.rows} rows were pruned, expected ${rows}`);
  expected.keep(newest);
}

await t.test('law 12 with any writing and pruning between the pages, also of the row that a page is to begin with', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 15 }), fc.array(change, { maxLength: 6 }), async (first, changes) => {
      const key = freshKey();
      const expected = new Expected();
      await append(key, expected, first);
      const last = expected.rows.at(-1);
      let throughout = expected.rows;
      const ever = new Set(expected.rows.map(nameOf));
      const seen: Row[] = [];
      let page = 0;
      for await (const batch of ledger.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: true, inputs: true })) {
        seen.push(...batch.ids.map((id, i) => ({ id, row: batch.rows[i] ?? -1, createdAt: batch.createdAt[i] ?? NaN })));
        const { append: more, prune: rows } = changes[page++] ?? { append: [], prune: 0 };
        await append(key, expected, more);
        for (const row of expected.rows) ever.add(nameOf(row));
        if (rows > 0) await prune(key, expected, rows);
        const there = new Set(expected.rows.map(nameOf));
        throughout = throughout.filter((row) => there.has(nameOf(row)));
      }
      const names = seen.map(nameOf);
      if (seen.some((row, i) => i > 0 && inOrder(seen[i - 1] ?? row, row) >= 0)) throw new Error(`not in order, or twice: ${names.join(' ')}`);
      const missing = throughout.filter((row) => !names.includes(nameOf(row)));
      if (missing.length > 0) throw new Error(`missing: ${missing.map(nameOf).join(' ')}`);
      if (names.some((name) => !ever.has(name))) throw new Error('a row that never was');
      if (last !== undefined && seen.some(({ createdAt, id }) => createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id))) throw new Error('a row after the last');
      await ledger.prune({ model: key.model, rowsBefore: 99, maxRows: 0, inputsBefore: 99 });
    }),
    { numRuns: 60 },
  );
  t.pass('every order of events');
});

await t.test('labelled: the set of rows is that of the beginning, less what is pruned meanwhile', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 12 }), fc.array(change, { maxLength: 6 }), fc.integer({ min: 1, max: 12 }), async (first, changes, newest) => {
      const key = freshKey();
      const expected = new Expected();
      const labelledFirst = new Map(first.toReversed().map((spec) => [spec.number, spec])).values();
      await append(key, expected, [...labelledFirst].map((spec) => ({ ...spec, labelled: true })));
      const beginning = expected.rows.slice(-newest);
      let throughout = beginning;
      const seen: number[][] = [];
      let page = 0;
      for await (const batch of ledger.labelled({ key, featureSchema: 'schema', from: null, to: null, newest, features: true })) {
        // A vector of these tests is [createdAt, row, class].
        for (let i = 0; i < batch.count; i += 1) seen.push([batch.features[3 * i] ?? NaN, batch.features[3 * i + 1] ?? NaN]);
        const { append: more, prune: rows } = changes[page++] ?? { append: [], prune: 0 };
        await append(key, expected, more);
        if (rows > 0) await prune(key, expected, rows);
        const there = new Set(expected.rows.map(nameOf));
        throughout = throughout.filter((row) => there.has(nameOf(row)));
      }
      const shown = (rows: readonly Row[]) => rows.map(({ createdAt, row }) => `${createdAt}/${row}`);
      const got = seen.map((numbers) => numbers.join('/'));
      if (got.length > beginning.length) throw new Error(`${got.length} rows, of ${beginning.length}`);
      if (throughout.length === beginning.length && got.join() !== shown(beginning).join()) throw new Error(`got ${got.join()}, expected ${shown(beginning).join()}`);
      if (got.slice(got.length - throughout.length).join() !== shown(throughout).join()) throw new Error(`got ${got.join()}, throughout ${shown(throughout).join()}`);
      await ledger.prune({ model: key.model, rowsBefore: 99, maxRows: 0, inputsBefore: 99 });
    }),
    { numRuns: 60 },
  );
  t.pass('every order of events');
});
