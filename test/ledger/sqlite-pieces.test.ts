import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createLedgerCore } from '../../src/ledger/sqlite/core.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { createLedgerFacade } from '../../src/ledger/sqlite/ledger-facade.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { batchOf, freshKey, keyOf, labelItem, newId, SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';

const ROWS = 6_000;

t.test('while a reply of very many rows is written, other calls get their turn', async (t) => {
  const client = await openSqliteClient({ dataDir: temporaryFolder(t), threadUrl: SQLITE_THREAD });
  t.teardown(() => client.close());
  const ledger = createSqliteLedger(client);
  const key = freshKey();
  const [id, other] = [newId(key.model), newId(key.model)];
  await ledger.append(batchOf({ key, replies: [{ id: other }] }));
  let written = false;
  const write = ledger.append(batchOf({ key, replies: [{ id, rows: ROWS, caller: 'whole' }] })).finally(() => (written = true));
  const last = { row: ROWS - 1 };
  const { results } = await ledger.record([labelItem(other, '3'), labelItem(id, '3', { row: 0 }), labelItem(id, '3', last), labelItem(id, '3', { row: ROWS }), labelItem(keyOf(key.model, 'whole'), '3', last)]);
  t.notOk(written);
  t.same(results, [{ status: 'matched' }, { status: 'matched' }, { status: 'pending' }, { status: 'invalid', reason: 'row_out_of_range' }, { status: 'pending' }]);
  t.match(await ledger.prediction(other), [{ failure: true }]);
  t.notOk(written, 'nor does a reading wait');
  t.match(await write, [{ labelled: 1, failuresGained: 1 }], 'what waited for a row joins it when it comes');
  t.match((await ledger.prediction(id)).at(-1), { failure: true, groundTruths: { length: 2 } });
  t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { predictions: ROWS + 1, labelled: 3, pending: 0, duplicates: 1 });
});

/** A ledger that writes three rows at a time, of which the pieces can fail from one on. */
function failing(t: Test) {
  const { db, close } = openDataFolder(temporaryFolder(t));
  t.teardown(close);
  const core = inThisThread(createLedgerCore(db));
  const state = { pieces: 0, failFrom: Infinity };
  const append: typeof core.append = async (piece) => {
    state.pieces += 1;
    if (state.pieces >= state.failFrom) throw new MetaErrError('LEDGER_UNAVAILABLE', 'full', { retryAfterSeconds: 5 });
    return core.append(piece);
  };
  const pages = { append: 3, select: 9, readFeatures: 9, read: 9, scan: 9, scanBytes: 1 << 20, count: 9, prune: 9 };
  return { state, ledger: createLedgerFacade({ ...core, append }, async () => undefined, pages) };
}

t.test('a write that fails in the middle tells what it changed; what is missing waits, and comes when it is given again', async (t) => {
  const { state, ledger } = failing(t);
  const key = freshKey();
  const id = newId(key.model);
  const truth = (row: number) => labelItem(id, '3', { row });
  await ledger.record([truth(1), truth(7)]);
  const batch = batchOf({ key, replies: [{ id, rows: 8, rowCallers: [null, null, null, null, 'fifth'] }] });
  state.failFrom = 2;
  await t.rejects(ledger.append(batch), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 5, changes: [{ labelled: 1, labelSequence: 1 }] });
  t.equal((await ledger.prediction(id)).length, 3);
  const statuses = async (...rows: number[]) => (await ledger.record(rows.map(truth))).results.map(({ status, reason }) => reason ?? status);
  t.same(await statuses(2, 3, 8), ['matched', 'pending', 'row_out_of_range']);
  t.same((await ledger.record([labelItem(keyOf(key.model, 'fifth'), '3')])).results, [{ status: 'pending' }]);
  state.failFrom = Infinity;
  // Together with another, so the pieces are others than before.
  const again = await ledger.append(batchOf({ key, replies: [{ id: newId(key.model), rows: 2 }, { id, rows: 8, rowCallers: [null, null, null, null, 'fifth'] }] }));
  t.match(again, [{ labelled: 3, labelSequence: 5 }]);
  t.same((await ledger.prediction(id)).map(({ failure }) => failure), [null, true, true, true, true, null, null, true]);

  await ledger.prune({ model: key.model, rowsBefore: 0, maxRows: 4, inputsBefore: 0 });
  t.same((await ledger.prediction(id)).map(({ row }) => row), [6, 7]);
  t.same(await statuses(5, 7), ['row_out_of_range', 'duplicate'], 'what was pruned does not come again');
});
