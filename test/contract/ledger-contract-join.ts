import type { Test } from 'tap';
import type { GroundTruthItem, LabelChange } from '../../src/ledger/ledger.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';

/** Laws 1 to 8: writing and joining. */
export async function ledgerJoinLaws(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('law 1: what was resolved is there when the store is opened again', async (t) => {
    const { ledger, reopen } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id, rows: 2 }] }));
    await ledger.record([labelItem(id, '9', { row: 1 })]);
    const before = await ledger.prediction(id);
    const again = await reopen();
    t.same(await again.prediction(id), before);
    t.equal(await again.labelSequence(key), 1);
  });

  await t.test('law 2: appending a key again changes nothing', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id, label: '9' }] }));
    await ledger.record([labelItem(id, '9')]);
    const before = await ledger.prediction(id);
    t.same(await ledger.append(batchOf({ key, replies: [{ id, label: '3', createdAt: 77 }] })), []);
    t.same(await ledger.prediction(id), before);
    t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { predictions: 1, labelled: 1, expectedFailures: 0.5 });
  });

  await t.test('law 3: a ground truth that comes first is pending and joins its prediction when that comes', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [a, b] = [newId(key.model), newId(key.model)];
    const reply = await ledger.record([labelItem(a, '3'), labelItem(a, '3'), labelItem(b, '9', { row: 1 })]);
    t.same(reply, { results: [{ status: 'pending' }, { status: 'pending' }, { status: 'pending' }], answeredBy: [null, null, null], changes: [] });
    t.same(await ledger.prediction(a), []);
    const changes = await ledger.append(batchOf({ key, replies: [{ id: a, failureProbability: 0.25 }, { id: b, rows: 2, failureProbability: NaN }] }));
    t.match(changes, [{ key, labelled: 2, failuresGained: 1, failuresLost: 0, expectedFailures: 0.25, labelSequence: 2 }]);
    t.match(await ledger.prediction(a), [{ failure: true, groundTruths: [{ value: '3', current: true }, { value: '3', current: false }] }]);
    t.match(await ledger.prediction(b), [{ row: 0, failure: null }, { row: 1, failure: false }]);
  });

  await t.test('law 4: the later observed counts, ties by kind:value as text, in any order of arrival', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const late = { kind: 'label', value: '1', observedAt: 20 } as const;
    const early = { kind: 'label', value: '2', observedAt: 10 } as const;
    const tied = { kind: 'correct', value: 'true', observedAt: 20 } as const;
    for (const [order, winner] of [[[late, early], late], [[early, late], late], [[late, tied], late], [[tied, late], late]] as const) {
      const id = newId(key.model);
      await ledger.append(batchOf({ key, replies: [{ id }] }));
      await ledger.record(order.map((truth) => labelItem(id, truth.value, truth)));
      const current = (await ledger.prediction(id))[0]?.groundTruths.filter((truth) => truth.current);
      t.match(current, [winner], JSON.stringify(order));
    }
  });

  await t.test('law 4: a duplicate that was observed later outranks a conflict observed in between', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id }] }));
    const { results } = await ledger.record([
      labelItem(id, '9', { observedAt: 10 }),
      labelItem(id, '9', { observedAt: 30 }),
      labelItem(id, '3', { observedAt: 20 }),
    ]);
    t.same(results.map((r) => r.status), ['matched', 'duplicate', 'conflict']);
    t.match(await ledger.prediction(id), [{ failure: false }]);
  });

  await t.test('law 5: statuses follow the ground truth that counts, and the history keeps all', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id }] }));
    const { results, changes } = await ledger.record([
      labelItem(id, '9', { observedAt: 10, receivedAt: 1, source: 'first' }),
      labelItem(id, '9', { observedAt: 10, receivedAt: 2 }),
      labelItem(id, '4', { observedAt: 20, receivedAt: 3 }),
      labelItem(id, '9', { observedAt: 15, receivedAt: 4 }),
      labelItem(id, 'true', { kind: 'correct', observedAt: 30, receivedAt: 5 }),
    ]);
    t.same(results.map((r) => r.status), ['matched', 'duplicate', 'conflict', 'conflict', 'conflict']);
    t.match(changes, [{ key, labelled: 1, failuresGained: 1, failuresLost: 1, expectedFailures: 0.5, labelSequence: 1 }]);
    const [record] = await ledger.prediction(id);
    t.same(record?.groundTruths, [
      { kind: 'label', value: '9', observedAt: 10, receivedAt: 1, source: 'first', current: false },
      { kind: 'label', value: '9', observedAt: 10, receivedAt: 2, source: null, current: false },
      { kind: 'label', value: '4', observedAt: 20, receivedAt: 3, source: null, current: false },
      { kind: 'label', value: '9', observedAt: 15, receivedAt: 4, source: null, current: false },
      { kind: 'correct', value: 'true', observedAt: 30, receivedAt: 5, source: null, current: true },
    ]);
  });

  await t.test('law 6: the failure follows from the ground truth that counts', async (t) => {
    const { ledger } = await factory(t);
    const cases = [
      ['classification', 'label', '9', false],
      ['classification', 'label', '9.0', true],
      ['classification', 'label', 'never seen', true],
      ['classification', 'correct', 'true', false],
      ['binary', 'label', '1', true],
      ['binary', 'correct', 'false', true],
      ['regression', 'value', '2.5', false],
      ['regression', 'value', '2.51', true],
      ['regression', 'correct', 'true', false],
      ['custom', 'correct', 'false', true],
    ] as const;
    for (const [task, kind, value, failure] of cases) {
      const key = freshKey();
      const id = newId(key.model);
      await ledger.append(batchOf({ key, task, replies: [{ id, label: task === 'regression' ? null : '9', value: 2, tolerance: 0.5 }] }));
      await ledger.record([labelItem(id, value, { kind })]);
      t.match(await ledger.prediction(id), [{ failure }], `${task} ${kind} ${value}`);
    }
  });

  await t.test('law 7: rows and kinds that do not fit are invalid and leave no trace', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [one, two] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: one }, { id: two, rows: 2 }] }));
    const { results, changes } = await ledger.record([
      labelItem(one, '9', { row: 1 }),
      labelItem(two, '9'),
      labelItem(one, '1.5', { kind: 'value' }),
      labelItem(one, '9'),
      labelItem(two, '9', { row: 1 }),
    ]);
    t.same(results, [
      { status: 'invalid', reason: 'row_out_of_range' },
      { status: 'invalid', reason: 'row_required' },
      { status: 'invalid', reason: 'wrong_kind' },
      { status: 'matched' },
      { status: 'matched' },
    ]);
    t.match(changes, [{ labelled: 2 }]);
    t.match(await ledger.prediction(one), [{ groundTruths: { length: 1 } }]);
  });

  await t.test('law 7: pending ones are judged when the prediction comes; invalid ones are dropped and counted as expired', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [one, two] = [newId(key.model), newId(key.model)];
    await ledger.record([labelItem(one, '9'), labelItem(one, '9', { row: 3 }), labelItem(two, '9'), labelItem(two, '1', { row: 1, kind: 'value' })]);
    const changes = await ledger.append(batchOf({ key, replies: [{ id: one }, { id: two, rows: 2 }] }));
    t.match(changes, [{ labelled: 1 }]);
    t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { labelled: 1, pending: 0, expired: 3 });
  });

  await t.test('law 8: the label sequence grows by one for every row that gets its first ground truth', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const other = { ...key, version: 2 };
    const [a, b, c] = [newId(key.model), newId(key.model), newId(key.model)];
    t.equal(await ledger.labelSequence(key), 0);
    await ledger.append(batchOf({ key, replies: [{ id: a }, { id: b }] }));
    await ledger.append(batchOf({ key: other, replies: [{ id: c }] }));
    const { changes } = await ledger.record([labelItem(a, '9'), labelItem(a, '8', { observedAt: 99 }), labelItem(b, '9'), labelItem(c, '9')]);
    t.same(changes.map((change) => [change.key.version, change.labelled, change.labelSequence]), [[1, 2, 2], [2, 1, 1]]);
    t.equal(await ledger.labelSequence(key), 2);
    t.equal(await ledger.labelSequence(other), 1);
    await ledger.prune({ model: key.model, rowsBefore: 5_000, maxRows: 0, inputsBefore: 0 });
    t.equal(await ledger.labelSequence(key), 2, 'pruning takes nothing back');
  });

  await t.test('law 8: every change tells the label sequence after its write, by whichever way the labels came', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const [early, late] = [newId(key.model), newId(key.model)];
    await ledger.append(batchOf({ key, replies: [{ id: early, rows: 3 }] }));
    const sequences = async (write: Promise<readonly LabelChange[]>) => (await write).map(({ labelled, labelSequence }) => [labelled, labelSequence]);
    const record = async (...items: GroundTruthItem[]) => (await ledger.record(items)).changes;
    t.same(await sequences(record(labelItem(early, '9', { row: 0 }), labelItem(early, '9', { row: 1 }), labelItem(late, '9', { row: 1 }))), [[2, 2]]);
    t.same(await sequences(record(labelItem(early, '3', { row: 0, observedAt: 99 }))), [[0, 2]], 'a correction is no new label');
    t.same(await sequences(record(labelItem(early, '9', { row: 1 }))), [], 'a duplicate changes nothing');
    t.same(await sequences(ledger.append(batchOf({ key, replies: [{ id: late, rows: 2 }] }))), [[1, 3]], 'one was pending');
    t.same(await sequences(record(labelItem(early, '9', { row: 2 }))), [[1, 4]]);
    t.equal(await ledger.labelSequence(key), 4);
  });

  await t.test('law 8: of writes at the same time, the last is told all labels', async (t) => {
    const { ledger } = await factory(t);
    const key = freshKey();
    const ids = Array.from({ length: 12 }, () => newId(key.model));
    await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id })) }));
    const replies = await Promise.all(ids.map((id) => ledger.record([labelItem(id, '9')])));
    const told = replies.flatMap(({ changes }) => changes.map(({ labelSequence }) => labelSequence));
    t.equal(told.length, ids.length);
    t.equal(Math.max(...told), ids.length);
    t.ok(Math.min(...told) >= 1);
  });
}
