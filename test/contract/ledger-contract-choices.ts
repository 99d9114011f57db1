import type { Test } from 'tap';
import type { Ledger } from '../../src/ledger/ledger.js';
import { batchOf, collect, freshKey, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

/** Audited rows, and the probabilities with which rows were chosen to be labelled. */
export async function ledgerChoiceLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('14: a choice is what the ground truth that counts says, else what came with the row, whichever came first', async (t) => {
    const { ledger, reopen } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 6 }, (_, i) => newId(key.model, 1_700_000_000_000 + i));
    const [planned = '', stated = '', early = '', corrected = '', outdone = '', untold = ''] = ids;
    await ledger.record([labelItem(early, '9', { choice: 9 })]);
    await ledger.append(batchOf({ key, replies: ids.map((id, i) => ({ id, createdAt: i, audit: i % 2 === 0, choice: id === untold ? 0 : 65_535 })) }));
    await ledger.record([
      labelItem(planned, '9'), labelItem(stated, '9', { choice: 1 }),
      // One that counts no more, one that does not count yet, and one that says nothing about it.
      labelItem(corrected, '3', { choice: 7, observedAt: 5 }), labelItem(corrected, '9', { choice: 8, observedAt: 6 }),
      labelItem(outdone, '9', { choice: 300, observedAt: 6 }), labelItem(outdone, '3', { choice: 400, observedAt: 5 }),
      labelItem(untold, '9'),
    ]);
    const expected = [65_535, 1, 9, 8, 300, 0];
    const read = async (each: Ledger) => {
      const labelled = await collect(each.labelled({ key, featureSchema: null, from: null, to: null, newest: Infinity, features: false }));
      t.same(labelled.flatMap(({ choices }) => [...choices]), expected);
      t.same(labelled.flatMap(({ audits }) => [...audits]), [1, 0, 1, 0, 1, 0]);
      const scanned = await collect(each.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: false }));
      t.same(scanned.flatMap(({ choices }) => [...choices]), expected);
      t.same(scanned.flatMap(({ audits }) => [...audits]), [1, 0, 1, 0, 1, 0]);
      const rows = await Promise.all(ids.map((id) => each.prediction(id)));
      t.same(rows.map(([row]) => [row?.choice, row?.audit]), expected.map((choice, i) => [choice, i % 2 === 0]));
    };
    await read(ledger);
    const opened = await reopen();
    await read(opened);
    await opened.record([labelItem(stated, '9', { observedAt: 20 })]);
    t.equal((await opened.prediction(stated))[0]?.choice, 65_535, 'the one that counts now says nothing');
  });
}
