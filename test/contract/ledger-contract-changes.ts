import type { Test } from 'tap';
import { batchOf, freshKey, keyOf, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

/** Law 13: what a write tells of the rows that it changed. */
export async function ledgerChangeLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('law 13: all rows, the scored and the accepted are counted, each with its delay', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [accepted, reviewed, unscored, early] = [newId(key.model), newId(key.model), newId(key.model), newId(key.model)];
    await ledger.record([labelItem(early, '3', { receivedAt: 900 })]);
    t.strictSame(
      await ledger.append(batchOf({ key, replies: [{ id: early, review: false, failureProbability: 0.25 }] })),
      [{
        key, labelled: 1, failuresGained: 1, failuresLost: 0,
        scored: { labelled: 1, failuresGained: 1, failuresLost: 0 }, accepted: { labelled: 1, failuresGained: 1, failuresLost: 0 },
        expectedFailures: 0.25, expectedVariance: 0.1875, delays: Float64Array.of(0), labelSequence: 1,
      }],
      'a ground truth that was there first did not delay',
    );
    await ledger.append(batchOf({ key, replies: [{ id: accepted, review: false, failureProbability: 0.5 }, { id: reviewed, rows: 2, failureProbability: 0.25 }, { id: unscored, failureProbability: NaN }] }));
    const { changes } = await ledger.record([
      labelItem(accepted, '9', { receivedAt: 4_000 }),
      labelItem(reviewed, '3', { receivedAt: 61_000, row: 1 }),
      labelItem(unscored, '3', { receivedAt: 1_500 }),
      labelItem(accepted, '3', { receivedAt: 9_000, observedAt: 20 }),
      labelItem(unscored, '9', { receivedAt: 9_000, observedAt: 20 }),
    ]);
    t.strictSame(changes, [{
      key, labelled: 3, failuresGained: 3, failuresLost: 1,
      scored: { labelled: 2, failuresGained: 2, failuresLost: 0 }, accepted: { labelled: 1, failuresGained: 1, failuresLost: 0 },
      expectedFailures: 0.75, expectedVariance: 0.4375, delays: Float64Array.of(3_000, 60_000, 500), labelSequence: 4,
    }]);
    const corrected = await ledger.record([labelItem(accepted, '9', { observedAt: 30 }), labelItem(accepted, '9', { observedAt: 40 })]);
    t.strictSame(corrected.changes, [{
      key, labelled: 0, failuresGained: 0, failuresLost: 1,
      scored: { labelled: 0, failuresGained: 0, failuresLost: 1 }, accepted: { labelled: 0, failuresGained: 0, failuresLost: 1 },
      expectedFailures: 0, expectedVariance: 0, delays: new Float64Array(), labelSequence: 4,
    }]);
  });

  await t.test('law 13: the parts of a large write are added up', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 700 }, () => newId(key.model));
    await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id, review: false })) }));
    const { changes } = await ledger.record(ids.map((id, i) => labelItem(id, i % 2 === 0 ? '9' : '3', { receivedAt: 1_000 + i })));
    t.match(changes, [{ labelled: 700, failuresGained: 350, scored: { labelled: 700 }, accepted: { failuresGained: 350 }, expectedFailures: 350, expectedVariance: 175 }]);
    t.strictSame([...(changes[0]?.delays ?? [])].sort((a, b) => a - b), ids.map((_, i) => i));
  });

  await t.test('laws 2, 3, 7, 11, 13: a reply of very many rows is one append, whatever the pieces that it is written in', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [id, beside] = [newId(key.model), newId(key.model)];
    const rows = 5_000;
    const whole = keyOf(key.model, 'whole');
    const rowCallers = Array.from({ length: rows }, (_, row) => (row % 1_000 === 7 ? `row ${row}` : null));
    await ledger.record([
      ...[0, 2_500, rows - 1, rows].map((row) => labelItem(id, '3', { row, receivedAt: 1_000 + row })),
      labelItem(id, '3'),
      labelItem(whole, '9', { row: 4_000 }),
      labelItem(keyOf(key.model, 'row 3007'), '9'),
    ]);
    const replies = [{ id: beside, caller: 'beside' }, { id, rows, caller: 'whole', rowCallers }];
    const changes = await ledger.append(batchOf({ key, replies }));
    t.match(changes, [{ key, labelled: 5, failuresGained: 3, failuresLost: 0, labelSequence: 5, expectedFailures: 2.5, delays: { length: 5 } }]);
    t.equal(changes.length, 1);
    t.same([...(changes[0]?.delays ?? [])].sort((a, b) => a - b), [0, 0, 0, 2_500, rows - 1]);
    const range = { model: key.model, version: null, from: null, to: null };
    t.match(await ledger.counts(range), { predictions: rows + 1, labelled: 5, failures: 3, pending: 0, expired: 2 });
    t.same((await ledger.prediction(id)).map(({ row }) => row), Array.from({ length: rows }, (_, row) => row));
    t.same(await ledger.append(batchOf({ key, replies })), []);
    const asked = [labelItem(whole, '3', { row: 17 }), labelItem(keyOf(key.model, 'row 4007'), '3'), labelItem(keyOf(key.model, 'beside'), '3'), labelItem(id, '3', { row: rows })];
    t.same((await ledger.record(asked)).results.map(({ status }) => status), ['matched', 'matched', 'matched', 'invalid']);
  });
}
