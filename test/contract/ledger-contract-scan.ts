import type { Test } from 'tap';
import type { ScanBatch, ScanQuery } from '../../src/ledger/ledger.js';
import { batchOf, collect, freshKey, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

const everything = (model: string): ScanQuery => ({ model, version: null, labelled: null, from: null, to: null, features: true, inputs: true });

/** A row of a scan with all of its columns. */
export function scannedRows(batches: readonly ScanBatch[]) {
  return batches.flatMap((batch) =>
    batch.ids.map((id, i) => ({
      id,
      row: batch.rows[i],
      key: batch.keys[batch.keyOf[i] ?? -1],
      createdAt: batch.createdAt[i],
      label: batch.labels[i],
      value: batch.values[i],
      confidence: batch.confidences[i],
      failureProbability: batch.failureProbabilities[i],
      review: batch.reviews[i],
      metaVersion: batch.metaVersions[i],
      status: batch.statuses[i],
      failure: batch.failures[i],
      truth: batch.truths[i],
      featureSchema: batch.featureSchemas[i],
      features: batch.features[i],
      inputs: batch.inputs[i],
    })),
  );
}

const places = (batches: readonly ScanBatch[]) => scannedRows(batches).map(({ id, row }) => `${id}/${row}`);

/** Law 12. */
export async function ledgerScanLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('law 12: scan gives every row of the model with all that it has, by time, then id, then row', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const next = { ...key, version: 2 };
    const [a, b, c, d] = [newId(key.model), newId(key.model), newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: c, rows: 2, createdAt: 2 }, { id: b, createdAt: 2, failureProbability: NaN, metaVersion: 4, input: '{"x":[1]}' }] }));
    await ledger.append(batchOf({ key: next, task: 'regression', featureSchema: 'other', replies: [{ id: a, createdAt: 2, label: null, value: -1.5, tolerance: 1 }] }));
    await ledger.append({ ...batchOf({ key, replies: [{ id: d, createdAt: 1 }] }), featureSchema: '', featureWidth: 0, features: new Float32Array(0) });
    const stranger = freshKey();
    await ledger.append(batchOf({ key: stranger, replies: [{ id: newId(stranger.model) }] }));
    await ledger.record([labelItem(a, '2', { kind: 'value', observedAt: 77 }), labelItem(c, '9', { row: 1 }), labelItem(c, '9', { row: 1, observedAt: 3 })]);

    const plain = { key, label: '9', value: NaN, confidence: 0.75, failureProbability: 0.5, review: 1, metaVersion: 0, status: 1, failure: -1, truth: null, inputs: null };
    t.same(scannedRows(await collect(ledger.scan(everything(key.model)))), [
      { ...plain, id: d, row: 0, createdAt: 1, featureSchema: '', features: null },
      { ...plain, id: a, row: 0, createdAt: 2, key: next, label: null, value: -1.5, failure: 1, truth: { kind: 'value', value: '2', observedAt: 77 }, featureSchema: 'other', features: Float32Array.of(2, 0, 9) },
      { ...plain, id: b, row: 0, createdAt: 2, failureProbability: NaN, metaVersion: 4, featureSchema: 'schema', features: Float32Array.of(2, 0, 9), inputs: '{"x":[1]}' },
      { ...plain, id: c, row: 0, createdAt: 2, featureSchema: 'schema', features: Float32Array.of(2, 0, 9) },
      { ...plain, id: c, row: 1, createdAt: 2, failure: 0, truth: { kind: 'label', value: '9', observedAt: 10 }, featureSchema: 'schema', features: Float32Array.of(2, 1, 9) },
    ]);
    t.same(await collect(ledger.scan(everything('no such model'))), []);
  });

  await t.test('law 12: version, labelled, from, to and features narrow it', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 12 }, () => newId(key.model));
    for (const version of [1, 2]) {
      const mine = ids.map((id, i) => ({ id, createdAt: i, input: `[${i}]` })).filter((_, i) => i % 2 === version - 1);
      await ledger.append(batchOf({ key: { ...key, version }, replies: mine }));
    }
    await ledger.record(ids.filter((_, i) => i % 3 === 0).map((id) => labelItem(id, '9')));
    const times = async (query: Partial<ScanQuery>) => scannedRows(await collect(ledger.scan({ ...everything(key.model), ...query }))).map(({ createdAt }) => createdAt);
    t.same(await times({ version: 2 }), [1, 3, 5, 7, 9, 11]);
    t.same(await times({ version: 7 }), []);
    t.same(await times({ labelled: true }), [0, 3, 6, 9]);
    t.same(await times({ labelled: false, version: 1 }), [2, 4, 8, 10]);
    t.same(await times({ from: 3, to: 6 }), [3, 4, 5]);
    t.same(await times({ from: 10 }), [10, 11]);
    t.same(await times({ to: 2, labelled: true }), [0]);
    t.same(await times({ from: 12 }), []);
    const without = scannedRows(await collect(ledger.scan({ ...everything(key.model), inputs: false })));
    t.ok(without.length === 12 && without.every(({ inputs }) => inputs === null), 'raw inputs only where they are asked for');
    const bare = scannedRows(await collect(ledger.scan({ ...everything(key.model), features: false })));
    t.ok(bare.length === 12 && bare.every(({ features, featureSchema, inputs, createdAt }) => features === null && featureSchema === 'schema' && inputs === `[${createdAt}]`));
  });

  await t.test('law 12: rows that are there throughout come exactly once, whatever is written and pruned in between', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const rows = 4_500;
    const [oldest, id] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: oldest, createdAt: 1, rows: 10 }, { id, rows, createdAt: 5 }] }));
    const seen: string[] = [];
    let batches = 0;
    for await (const batch of ledger.scan(everything(key.model))) {
      t.ok(batch.count <= 2_048, 'a batch is bounded');
      seen.push(...places([batch]));
      batches += 1;
      if (batches === 1) await ledger.prune({ model: key.model, rowsBefore: 2, maxRows: 1e9, inputsBefore: 0 });
      if (batches > 3) continue;
      await ledger.append(batchOf({ key, replies: [3, 5, 9].map((createdAt) => ({ id: newId(key.model), createdAt })) }));
      await ledger.record([labelItem(id, '9', { row: rows - batches })]);
    }
    t.equal(new Set(seen).size, seen.length, 'none twice');
    t.same(seen.filter((place) => place.startsWith(id)), Array.from({ length: rows }, (_, row) => `${id}/${row}`));
    t.ok(batches >= 3);
  });

  await t.test('law 12: a scan ends where rows come as fast as it reads', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const more = async (rows: number) => ledger.append(batchOf({ key, replies: [{ id: newId(key.model), rows }] }));
    await more(2_100);
    let batches = 0;
    for await (const { count } of ledger.scan(everything(key.model))) {
      if (++batches > 2_100) break;
      await more(count);
    }
    t.ok(batches > 1 && batches <= 2_100, `${batches} batches`);
  });

  await t.test('law 12: large inputs come in small batches', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const input = JSON.stringify('x'.repeat(600_000));
    const ids = Array.from({ length: 9 }, () => newId(key.model));
    await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id, input })) }));
    const batches = await collect(ledger.scan(everything(key.model)));
    t.same(places(batches), ids.map((id) => `${id}/0`));
    t.ok(batches.every(({ count }) => count <= 2), batches.map(({ count }) => count).join());
  });
}
