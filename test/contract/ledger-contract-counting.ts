import type { Test } from 'tap';
import { modelTag } from '../../src/core/ids.js';
import type { RowRange } from '../../src/ledger/ledger.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

const all = (model: string): RowRange => ({ model, version: null, from: null, to: null });

/** Counts, and laws 9 and 10: what is given up. */
export async function ledgerCountingLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('counts: of one model, narrowed by version and time; an unknown model has none', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 4 }, () => newId(key.model));
    const [a = '', b = '', c = '', d = ''] = ids;
    await ledger.append(batchOf({ key, replies: [{ id: a, createdAt: 1, failureProbability: 0.25 }, { id: b, createdAt: 2, failureProbability: NaN }] }));
    await ledger.append(batchOf({ key: { ...key, version: 2 }, replies: [{ id: c, createdAt: 3 }, { id: d, createdAt: 4 }] }));
    const other = freshKey();
    await ledger.append(batchOf({ key: other, replies: [{ id: newId(other.model) }] }));
    await ledger.record([
      labelItem(a, '9'), labelItem(a, '9'), labelItem(a, '9'), labelItem(a, '1', { observedAt: 3 }), labelItem(a, '1'), labelItem(a, '2'),
      labelItem(c, '1'), labelItem(newId(key.model), '9'),
    ]);
    t.same(await ledger.counts(all(key.model)), {
      predictions: 4, labelled: 2, failures: 1, pending: 1, expired: 0, duplicates: 3, conflicts: 2, expectedFailures: 1.25, scored: 3, labelledExpectedFailures: 0.75, labelledScored: 2,
    });
    t.match(await ledger.counts({ ...all(key.model), version: 1 }), { predictions: 2, labelled: 1, expectedFailures: 0.25, scored: 1 });
    t.match(await ledger.counts({ ...all(key.model), from: 2, to: 4 }), { predictions: 2, labelled: 1, duplicates: 0 });
    t.match(await ledger.counts({ ...all(key.model), version: 7 }), { predictions: 0, expectedFailures: 0 });
    t.same(await ledger.counts(all('no such model')), {
      predictions: 0, labelled: 0, failures: 0, pending: 0, expired: 0, duplicates: 0, conflicts: 0, expectedFailures: 0, scored: 0, labelledExpectedFailures: 0, labelledScored: 0,
    });
  });

  await t.test('law 9: pending ground truths received before a time are removed and counted as expired for good', async (t) => {
    const { ledger, reopen } = await factory(t);
    const key = freshKey();
    const other = freshKey();
    const [old, recent, foreign] = [newId(key.model), newId(key.model), newId(other.model)];
    await ledger.record([
      labelItem(old, '1', { receivedAt: 5 }), labelItem(old, '2', { receivedAt: 6 }),
      labelItem(recent, '1', { receivedAt: 7 }), labelItem(foreign, '1', { receivedAt: 5 }),
    ]);
    t.equal(await ledger.expirePending(modelTag(key.model), 7), 2);
    t.equal(await ledger.expirePending(modelTag(key.model), 7), 0);
    t.match(await ledger.counts(all(key.model)), { pending: 1, expired: 2 });
    t.match(await ledger.counts(all(other.model)), { pending: 1, expired: 0 });
    await ledger.append(batchOf({ key, replies: [{ id: old }, { id: recent }] }));
    t.match(await ledger.prediction(old), [{ failure: null, groundTruths: [] }]);
    t.match(await (await reopen()).counts(all(key.model)), { pending: 0, expired: 2, labelled: 1 });
  });

  await t.test('law 10: prune keeps the newest rows of the model, and counts of what is left are exact', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 2_500 }, (_, i) => newId(key.model, i));
    const half = (version: number) => ids.flatMap((id, i) => (i % 2 === version - 1 ? [{ id, createdAt: i, input: `[${i}]` }] : []));
    await ledger.append(batchOf({ key, replies: half(1) }));
    await ledger.append(batchOf({ key: { ...key, version: 2 }, replies: half(2) }));
    await ledger.record(ids.map((id) => labelItem(id, '1')));
    const other = freshKey();
    const bystander = newId(other.model);
    await ledger.append(batchOf({ key: other, replies: [{ id: bystander, createdAt: 0, input: '[]' }] }));

    const keepAll = { model: key.model, rowsBefore: -1, maxRows: 1e9, inputsBefore: -1 };
    t.same(await ledger.prune(keepAll), { rows: 0, inputs: 0 });
    t.same(await ledger.prune({ ...keepAll, inputsBefore: 2_490 }), { rows: 0, inputs: 2_490 });
    t.match(await ledger.prediction(ids[2_489] ?? ''), [{ inputs: null }]);
    t.match(await ledger.prediction(ids[2_490] ?? ''), [{ inputs: '[2490]' }]);
    t.same(await ledger.prune({ ...keepAll, rowsBefore: 100, maxRows: 2_450 }), { rows: 100, inputs: 0 });
    t.same(await ledger.prune({ ...keepAll, rowsBefore: 100, maxRows: 7 }), { rows: 2_393, inputs: 0 });
    t.match(await ledger.counts(all(key.model)), { predictions: 7, labelled: 7, failures: 7, expectedFailures: 3.5, duplicates: 0 });
    t.same(await ledger.prediction(ids[2_492] ?? ''), []);
    t.match(await ledger.prediction(ids[2_493] ?? ''), [{ failure: true, groundTruths: { length: 1 } }]);
    t.match(await ledger.prediction(bystander), [{ inputs: '[]' }], 'other models are left alone');
  });

  await t.test('law 10: of a prediction that lost some rows, the others keep their place', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id, rows: 3 }] }));
    await ledger.prune({ model: key.model, rowsBefore: 0, maxRows: 1, inputsBefore: 0 });
    const { results } = await ledger.record([labelItem(id, '9'), labelItem(id, '9', { row: 0 }), labelItem(id, '9', { row: 2 })]);
    t.same(results, [{ status: 'invalid', reason: 'row_required' }, { status: 'invalid', reason: 'row_out_of_range' }, { status: 'matched' }]);
  });
}
