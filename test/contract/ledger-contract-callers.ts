import type { Test } from 'tap';
import { modelTag } from '../../src/core/ids.js';
import type { GroundTruthReply, RowRange } from '../../src/ledger/ledger.js';
import { batchOf, freshKey, keyOf, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

const all = (model: string): RowRange => ({ model, version: null, from: null, to: null });
const told = ({ results }: GroundTruthReply): string[] => results.map(({ status, reason }) => reason ?? status);

/** Law 11, and what laws 1, 2, 9 and 10 say of callers' own ids. */
export async function ledgerCallerLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('law 11: the id of a reply stands for the prediction', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [one, two] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: one, caller: 'one' }, { id: two, rows: 2, caller: 'two' }] }));
    const [a, b] = [keyOf(key.model, 'one'), keyOf(key.model, 'two')];
    const reply = await ledger.record([
      labelItem(a, '9'), labelItem(one, '9'), labelItem(a, '3', { row: 0 }), labelItem(a, '9', { row: 1 }), labelItem(a, '1', { kind: 'value' }),
      labelItem(b, '9'), labelItem(b, '3', { row: 1 }), labelItem(b, '9', { row: 2 }),
    ]);
    t.same(told(reply), ['matched', 'duplicate', 'conflict', 'row_out_of_range', 'wrong_kind', 'row_required', 'matched', 'row_out_of_range']);
    t.match(reply.changes, [{ key, labelled: 2, failuresGained: 1 }]);
    t.match(await ledger.prediction(one), [{ failure: false, groundTruths: { length: 3 } }]);
    t.match(await ledger.prediction(two), [{ failure: null }, { failure: true }]);
    t.same(await ledger.prediction(a), [], 'it is no prediction id');
  });

  await t.test('law 11: the id of a row stands for that row', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id, rows: 3, rowCallers: ['first', null, 'third'] }] }));
    const [first, third] = [keyOf(key.model, 'first'), keyOf(key.model, 'third')];
    const items = [labelItem(third, '9'), labelItem(third, '9', { row: 0 }), labelItem(third, '9', { row: 2 }), labelItem(first, '3', { row: 0 })];
    t.same(told(await ledger.record(items)), ['matched', 'duplicate', 'row_out_of_range', 'matched']);
    t.match(await ledger.prediction(id), [{ failure: true }, { failure: null }, { failure: false }]);
  });

  await t.test('law 11: those that come first join when the id is first seen, and expire by the tag of their model', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    const pending = [
      labelItem(keyOf(key.model, 'reply'), '9', { row: 1 }), labelItem(keyOf(key.model, 'reply'), '9'), labelItem(keyOf(key.model, 'row'), '3'),
      labelItem(keyOf(key.model, 'never'), '9', { receivedAt: 5 }), labelItem(keyOf(key.model, 'late'), '9', { receivedAt: 7 }),
    ];
    t.same(told(await ledger.record(pending)), ['pending', 'pending', 'pending', 'pending', 'pending']);
    t.match(await ledger.counts(all(key.model)), { pending: 5 });
    t.equal(await ledger.expirePending(modelTag(key.model), 6), 1);
    const changes = await ledger.append(batchOf({ key, replies: [{ id, rows: 3, caller: 'reply', rowCallers: [null, null, 'row'] }] }));
    t.match(changes, [{ labelled: 2, failuresGained: 1 }]);
    t.match(await ledger.prediction(id), [{ failure: null }, { failure: false }, { failure: true }]);
    t.match(await ledger.counts(all(key.model)), { pending: 1, expired: 2 }, 'the one without a row was invalid');
  });

  await t.test('law 11: an id that was used more than once is ambiguous; what was joined before stays', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [a, b, c] = [newId(key.model), newId(key.model), newId(key.model)];
    const order = keyOf(key.model, 'order');
    await ledger.append(batchOf({ key, replies: [{ id: a, caller: 'order' }] }));
    t.same(told(await ledger.record([labelItem(order, '3')])), ['matched']);
    const before = await ledger.prediction(a);
    await ledger.append(batchOf({ key: { ...key, version: 2 }, replies: [{ id: b, rows: 2, rowCallers: [null, 'order'] }] }));
    t.same(told(await ledger.record([labelItem(order, '3'), labelItem(order, '3', { row: 0 }), labelItem(a, '3')])), ['ambiguous_id', 'ambiguous_id', 'duplicate']);
    t.match(await ledger.prediction(b), [{ failure: null }, { failure: null }]);
    t.match((await ledger.prediction(a))[0], { failure: before[0]?.failure, groundTruths: { length: 2 } });

    const twice = keyOf(key.model, 'twice');
    await ledger.record([labelItem(twice, '3')]);
    t.same(await ledger.append(batchOf({ key, replies: [{ id: c, rows: 2, rowCallers: ['twice', 'twice'] }] })), [], 'also when both uses come at once');
    t.same(told(await ledger.record([labelItem(twice, '3')])), ['ambiguous_id']);
    t.match(await ledger.counts(all(key.model)), { pending: 0, expired: 1 });
  });

  await t.test('law 11: the ids of a model are its own', async (t) => {
    const { ledger } = await factory(t);
    const [key, other] = [freshKey(), freshKey()];
    const [mine, theirs] = [newId(key.model), newId(other.model)];
    await ledger.append(batchOf({ key, replies: [{ id: mine, caller: 'x' }] }));
    await ledger.append(batchOf({ key: other, replies: [{ id: theirs, caller: 'x' }] }));
    t.same(told(await ledger.record([labelItem(keyOf(other.model, 'x'), '3')])), ['matched']);
    t.match(await ledger.prediction(mine), [{ failure: null }]);
    t.match(await ledger.prediction(theirs), [{ failure: true }]);
  });

  await t.test('law 2: a retried append is no second use of an id, nor is the same reference twice', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [id, other] = [newId(key.model), newId(key.model)];
    const batch = batchOf({ key, replies: [{ id, rows: 2, caller: 'reply', rowCallers: ['row'] }] });
    await ledger.append({ ...batch, callers: [...batch.callers, ...batch.callers] });
    await ledger.append(batch);
    await ledger.append(batchOf({ key, replies: [{ id, rows: 2, caller: 'reply' }, { id: other, caller: 'new' }] }));
    await ledger.append(batchOf({ key, replies: [{ id, caller: 'too late' }] }));
    const items = ['reply', 'row', 'new', 'too late'].map((name) => labelItem(keyOf(key.model, name), '9', { row: 0 }));
    t.same(told(await ledger.record(items)), ['matched', 'duplicate', 'matched', 'pending']);
  });

  await t.test('law 1: ids are there when the store is opened again, whatever their text', async (t) => {
    const { ledger, reopen } = await factory(t);
    const key = freshKey();
    const [a, b] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: a, caller: 'Bestellung 🐸_~' }, { id: b, caller: 'a\0b\ud800' }] }));
    await ledger.record([labelItem(keyOf(key.model, 'c\0'), '9')]);
    const again = await reopen();
    await again.append(batchOf({ key, replies: [{ id: newId(key.model), caller: 'c\0' }] }));
    t.same(told(await again.record([labelItem(keyOf(key.model, 'Bestellung 🐸_~'), '9'), labelItem(keyOf(key.model, 'a\0b\ud800'), '9')])), ['matched', 'matched']);
    t.match(await again.counts(all(key.model)), { labelled: 3, pending: 0 });
  });

  await t.test('law 10: ids go with their rows, that of a reply with its last row', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [a, b, c] = [newId(key.model), newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: a, rows: 3, createdAt: 1, caller: 'reply', rowCallers: ['row', 'shared'] }] }));
    await ledger.append(batchOf({ key, replies: [{ id: b, createdAt: 4, caller: 'shared' }] }));
    await ledger.append(batchOf({ key, replies: [{ id: c, createdAt: 5 }] }));
    const ask = async (name: string, row: number | null) => told(await ledger.record([labelItem(keyOf(key.model, name), '9', { row })]))[0];
    const keep = async (maxRows: number) => ledger.prune({ model: key.model, rowsBefore: -1, maxRows, inputsBefore: -1 });
    t.equal(await ask('shared', null), 'ambiguous_id');
    await keep(4);
    t.equal(await ask('row', null), 'pending', 'its row is gone');
    t.equal(await ask('reply', 1), 'matched', 'the reply has two rows yet');
    t.equal(await ask('reply', 0), 'row_out_of_range');
    t.equal(await ask('shared', null), 'ambiguous_id');
    await keep(3);
    t.equal(await ask('reply', 1), 'row_out_of_range');
    t.equal(await ask('reply', 2), 'matched', 'the last row holds the id of the reply');
    t.equal(await ask('shared', null), 'matched', 'one use is left');
    await keep(2);
    t.equal(await ask('reply', 2), 'pending');
    await keep(1);
    t.equal(await ask('shared', null), 'pending');
    t.match(await ledger.prediction(b), []);
    await keep(0);
    await ledger.append(batchOf({ key, replies: [{ id: newId(key.model), rows: 5 }] }));
    for (const name of ['row', 'reply', 'shared']) t.equal(await ask(name, 0), 'pending', 'a new row takes over no id of an old one');
  });

  await t.test('an answer says whose prediction a ground truth is about, where it joined one', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [older, newer] = [key, { ...key, version: 2, digest: 'b'.repeat(64) }];
    const [a, b] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key: older, replies: [{ id: a, caller: 'order' }] }));
    await ledger.append(batchOf({ key: newer, replies: [{ id: b, rows: 2 }] }));
    const items = [
      labelItem(b, '9', { row: 1 }), labelItem(keyOf(key.model, 'order'), '9'), labelItem(a, '9'), labelItem(a, '3'), labelItem(newId(key.model), '9'), labelItem(b, '9'), labelItem(b, '9', { row: 0 }),
    ];
    const { results, answeredBy } = await ledger.record(items);
    t.same(results.map(({ status }) => status), ['matched', 'matched', 'duplicate', 'conflict', 'pending', 'invalid', 'matched']);
    t.same(answeredBy, [newer, older, older, older, null, null, newer]);
  });
}
