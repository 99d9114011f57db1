import t, { type Test } from 'tap';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { batchOf, freshKey, labelItem, newId, SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';
import type { createDisk } from '../support/ledger-full-thread.js';

const FULL_THREAD = new URL('../support/ledger-full-thread.js', import.meta.url);

async function openLimited(t: Test) {
  const client = await openSqliteClient({ dataDir: temporaryFolder(t), threadUrl: FULL_THREAD });
  t.teardown(() => client.close());
  return { client, ledger: createSqliteLedger(client), disk: client.service<ReturnType<typeof createDisk>>('disk') };
}

t.test('a full disk: writes are refused with LEDGER_UNAVAILABLE, what was there stays readable, and room heals it', async (t) => {
  const { ledger, disk } = await openLimited(t);
  const key = freshKey();
  const first = newId(key.model);
  await ledger.append(batchOf({ key, replies: [{ id: first }] }));
  const acknowledged = [first];
  const refused: string[] = [];
  while (refused.length < 10) {
    const ids = Array.from({ length: 100 }, () => newId(key.model));
    await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id, input: 'x'.repeat(200) })) })).then(
      () => acknowledged.push(...ids),
      (error: unknown) => {
        t.match(error, { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: Number });
        refused.push(...ids);
      },
    );
  }
  const counts = { model: key.model, version: null, from: null, to: null };
  t.match(await ledger.counts(counts), { predictions: acknowledged.length }, 'nothing of the refused write is there');
  t.match(await ledger.prediction(first), [{ failure: null }]);
  await t.rejects(ledger.record(Array.from({ length: 2_000 }, () => labelItem(newId(key.model), 'x'.repeat(200)))), { code: 'LEDGER_UNAVAILABLE' });
  t.match(await ledger.counts(counts), { pending: 0, labelled: 0 });
  await disk.grow();
  await ledger.append(batchOf({ key, replies: refused.map((id) => ({ id })) }));
  t.match(await ledger.record([labelItem(first, '3')]), { results: [{ status: 'matched' }] });
  t.match(await ledger.counts(counts), { predictions: acknowledged.length + refused.length, failures: 1 });
});

t.test('calls that share a commit: the one at fault fails alone, the others are durable', async (t) => {
  const { client, ledger, disk } = await openLimited(t);
  const key = freshKey();
  const ids = Array.from({ length: 10 }, () => newId(key.model));
  const huge = batchOf({ key, replies: Array.from({ length: 3_000 }, () => ({ id: newId(key.model), input: 'x'.repeat(400) })) });
  const calls = [
    ...ids.slice(0, 5).map((id) => ledger.append(batchOf({ key, replies: [{ id }] }))),
    ledger.append(huge),
    disk.fail(),
    client.call('ledger', 'toString', []),
    client.call('constructor', 'call', []),
    ...ids.slice(5).map((id) => ledger.append(batchOf({ key, replies: [{ id }] }))),
    ledger.append({ ...batchOf({ key, replies: [{ id: newId(key.model) }] }), reviews: new Uint8Array(2) }),
  ];
  const outcomes = await Promise.allSettled(calls);
  const reasons = outcomes.flatMap((o, i) => (o.status === 'rejected' ? [[i, (o.reason as Error).message]] : []));
  t.match(reasons, [[5, /full/], [6, /a defect/], [7, /no method ledger.toString/], [8, /no method constructor.call/], [14, /reviews has 2 elements/]]);
  t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { predictions: 10 });
});

t.test('typed arrays come back whole and the caller keeps its own', async (t) => {
  const { disk } = await openLimited(t);
  const mine = Uint8Array.of(1, 2, 3);
  t.same(await disk.echo(mine.subarray(1)), Uint8Array.of(3, 4));
  t.same(mine, Uint8Array.of(1, 2, 3));
});

t.test('close answers everything called before, then refuses; closing twice is one', async (t) => {
  const client = await openSqliteClient({ dataDir: temporaryFolder(t), threadUrl: SQLITE_THREAD });
  const ledger = createSqliteLedger(client);
  const key = freshKey();
  const calls = Array.from({ length: 100 }, () => ledger.append(batchOf({ key, replies: [{ id: newId(key.model) }] })));
  await Promise.all([client.close(), client.close()]);
  t.equal((await Promise.allSettled(calls)).filter((call) => call.status === 'fulfilled').length, 100);
  await t.rejects(ledger.labelSequence(key), { code: 'LEDGER_UNAVAILABLE' });
});

t.test('a folder that cannot be had is told by its code', async (t) => {
  await t.rejects(openSqliteClient({ dataDir: '/dev/null/x', threadUrl: SQLITE_THREAD }), { code: 'DATA_DIR_UNUSABLE' });
});
