import type { Test } from 'tap';
import type { LabelledBatch, LabelledQuery, ModelKey } from '../../src/ledger/ledger.js';
import { batchOf, collect, freshKey, keyOf, labelItem, newId, WIDTH } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

const everything = (key: ModelKey): LabelledQuery => ({ key, featureSchema: 'schema', from: null, to: null, newest: Infinity, features: true });
const times = (batches: readonly LabelledBatch[]): number[] => batches.flatMap((batch) => [...batch.createdAt]);

/** Several batches as one. */
function joined(batches: readonly LabelledBatch[]): LabelledBatch {
  const numbers = (of: (batch: LabelledBatch) => Iterable<number>) => batches.flatMap((batch) => [...of(batch)]);
  return {
    count: batches.reduce((sum, batch) => sum + batch.count, 0),
    createdAt: Float64Array.from(numbers((b) => b.createdAt)),
    features: Float32Array.from(numbers((b) => b.features)),
    failures: Uint8Array.from(numbers((b) => b.failures)),
    labels: batches.flatMap((b) => b.labels),
    classes: Int32Array.from(numbers((b) => b.classes)),
    truths: batches.flatMap((b) => b.truths),
    errors: Float32Array.from(numbers((b) => b.errors)),
    coldStartProbabilities: Float64Array.from(numbers((b) => b.coldStartProbabilities)),
    failureProbabilities: Float64Array.from(numbers((b) => b.failureProbabilities)),
    reviews: Uint8Array.from(numbers((b) => b.reviews)),
    metaVersions: Int32Array.from(numbers((b) => b.metaVersions)),
    audits: Uint8Array.from(numbers((b) => b.audits)),
    choices: Uint16Array.from(numbers((b) => b.choices)),
  };
}

/** Reading one prediction and the labelled rows. */
export async function ledgerReadingLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('prediction: gives back what was appended; NaN is null; an unknown id has no rows', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, task: 'regression', replies: [{ id, createdAt: 5.5, label: null, value: -1.25, failureProbability: NaN, input: '{"x":[1]}' }] }));
    t.same(await ledger.prediction(id), [{
      key, row: 0, createdAt: 5.5, label: null, value: -1.25, confidence: 0.75, failureProbability: null, review: true, metaVersion: 0,
      status: 'cold_start', inputs: '{"x":[1]}', audit: false, choice: 0, failure: null, groundTruths: [],
    }]);
    for (const unknown of [newId(key.model), '', 'x', `${id}\0`, '\ud800', keyOf(key.model, 'mine')]) t.same(await ledger.prediction(unknown), [], JSON.stringify(unknown));
  });

  await t.test('prediction: any text comes back; what no store can hold becomes U+FFFD and still compares equal', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [a, b] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: a, label: 'grün 🐸' }, { id: b, label: 'a\0b\ud800' }] }));
    const { results } = await ledger.record([labelItem(a, 'grün 🐸', { source: 'x\0' }), labelItem(b, 'a\0b\ud800'), labelItem(b, 'a\0b\ud800')]);
    t.same(results.map((r) => r.status), ['matched', 'matched', 'duplicate']);
    t.match(await ledger.prediction(a), [{ label: 'grün 🐸', failure: false, groundTruths: [{ source: 'x\ufffd' }] }]);
    t.match(await ledger.prediction(b), [{ label: 'a\ufffdb\ufffd', failure: false }]);
  });

  await t.test('labelled: only labelled rows of the key and schema, oldest first, whatever the order of labelling', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 6 }, () => newId(key.model));
    const replies = ids.map((id, i) => ({ id, rows: 2, createdAt: i < 2 ? 1 : i, failureProbability: i / 10, metaVersion: i, review: i !== 1 && i !== 3 }));
    await ledger.append(batchOf({ key, replies: replies.toReversed() }));
    const stranger = newId(key.model);
    await ledger.append(batchOf({ key, featureSchema: 'other', replies: [{ id: stranger }] }));
    const elsewhere = newId(key.model);
    await ledger.append(batchOf({ key: { ...key, digest: 'b' }, replies: [{ id: elsewhere }] }));
    const labelled = [4, 0, 1, 3].flatMap((i) => [1, 0].map((row) => labelItem(ids[i] ?? '', row === 0 ? '9' : '7', { row })));
    await ledger.record([...labelled, labelItem(stranger, '9'), labelItem(elsewhere, '9')]);

    const batch = joined(await collect(ledger.labelled(everything(key))));
    t.same(batch.createdAt, Float64Array.of(1, 1, 1, 1, 3, 3, 4, 4));
    t.equal(batch.count, 8);
    t.same(batch.failures, Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1), 'rows of a reply in order');
    t.same(batch.truths, ['9', '7', '9', '7', '9', '7', '9', '7']);
    t.same(batch.metaVersions, Int32Array.of(0, 0, 1, 1, 3, 3, 4, 4), 'ids of one time in order');
    t.same(batch.failureProbabilities, Float64Array.of(0, 0, 0.1, 0.1, 0.3, 0.3, 0.4, 0.4));
    t.same(batch.reviews, Uint8Array.of(1, 1, 0, 0, 0, 0, 1, 1), 'the decisions as answered');
    t.same(batch.features.subarray(4 * WIDTH, 6 * WIDTH), Float32Array.of(3, 0, 9, 3, 1, 9));
    t.same(batch.coldStartProbabilities, new Float64Array(8).fill(0.25));
    t.same(batch.classes, new Int32Array(8).fill(9));
    t.same(batch.labels, Array.from({ length: 8 }, () => '9'));
  });

  await t.test('labelled: newest, from, to, metaVersion and features narrow it', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 10 }, () => newId(key.model));
    await ledger.append(batchOf({ key, replies: ids.map((id, i) => ({ id, createdAt: i, metaVersion: i % 2 })) }));
    await ledger.append(batchOf({ key, featureSchema: 'other', replies: [{ id: newId(key.model), createdAt: 5 }] }));
    await ledger.record(ids.map((id) => labelItem(id, '9')));
    const read = async (query: Partial<LabelledQuery>) => collect(ledger.labelled({ ...everything(key), ...query }));
    t.same(times(await read({ newest: 3 })), [7, 8, 9]);
    t.same(times(await read({ newest: 0 })), []);
    t.same(times(await read({ from: 2, to: 5 })), [2, 3, 4]);
    t.same(times(await read({ from: 2, to: 8, newest: 2 })), [6, 7]);
    t.same(times(await read({ metaVersion: 1, newest: 2 })), [7, 9]);
    t.same(times(await read({ featureSchema: 'unknown' })), []);
    t.same(times(await read({ key: { ...key, digest: 'unknown' } })), []);
    const narrow = await read({ features: false, featureSchema: null });
    t.same(times(narrow), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    t.equal(narrow[0]?.features.length, 0);
    await t.rejects(read({ features: true, featureSchema: null }), { message: /featureSchema/ });
  });

  await t.test('labelled: truths are null where no label is known', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [a, b] = [newId(key.model, 1), newId(key.model, 2)];
    await ledger.append(batchOf({ key, replies: [{ id: a }, { id: b, failureProbability: NaN }] }));
    await ledger.record([labelItem(a, 'false', { kind: 'correct' }), labelItem(b, '9')]);
    const batch = joined(await collect(ledger.labelled(everything(key))));
    t.same(batch.truths, [null, '9']);
    t.same(batch.failureProbabilities, Float64Array.of(0.5, NaN));
  });

  await t.test('labelled: how far a regression was off, in tolerances, where a value is known', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const predicted = [{ value: 10, tolerance: 2 }, { value: 10, tolerance: 2 }, { value: 4, tolerance: 0 }, { value: 4, tolerance: 0 }, { value: NaN, tolerance: 1 }, { value: 10, tolerance: 2 }];
    const ids = predicted.map((_, i) => newId(key.model, i + 1));
    await ledger.append(batchOf({ key, task: 'regression', replies: predicted.map((each, i) => ({ id: ids[i]!, createdAt: i, label: null, ...each })) }));
    const values = ['13', '9.5', '3.5', '4', '1'];
    await ledger.record([...values.map((value, i) => labelItem(ids[i]!, value, { kind: 'value' })), labelItem(ids[5]!, 'false', { kind: 'correct' })]);
    await ledger.record([labelItem(ids[1]!, '5', { kind: 'value', observedAt: 9_000 })]);
    const { errors, failures } = joined(await collect(ledger.labelled(everything(key))));
    t.same(errors, Float32Array.of(1.5, -2.5, -Infinity, 0, NaN, NaN));
    t.same(failures, Uint8Array.of(1, 1, 1, 0, 1, 1));
    const other = freshKey();
    const [labelled] = [newId(other.model)];
    await ledger.append(batchOf({ key: other, replies: [{ id: labelled }] }));
    await ledger.record([labelItem(labelled, '9')]);
    t.same(joined(await collect(ledger.labelled(everything(other)))).errors, Float32Array.of(NaN));
  });

  await t.test('labelled: comes in bounded batches, and writes go on between them', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const rows = 5_000;
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id, rows }] }));
    await ledger.record(Array.from({ length: rows }, (_, row) => labelItem(id, '9', { row })));
    const late = newId(key.model);
    let seen = 0;
    let batches = 0;
    for await (const batch of ledger.labelled(everything(key))) {
      t.ok(batch.count <= 2_048);
      t.equal(batch.features[1], seen, 'the first row of the batch follows the last of the one before');
      seen += batch.count;
      batches += 1;
      if (batches === 1) {
        await ledger.append(batchOf({ key, replies: [{ id: late, createdAt: 2_000 }] }));
        await ledger.record([labelItem(late, '9')]);
      }
    }
    t.equal(seen, rows, 'the set of rows is that of the beginning');
  });
}
