import t from 'tap';
import type { LabelChange } from '../../src/ledger/ledger.js';
import { PartlyWritten } from '../../src/ledger/partly-written.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, freshKey, keyOf, labelItem, newId } from '../support/ledger-data.js';
import { connectedClient } from '../support/redis-clients.js';
import { startLossyProxy } from '../support/redis-lossy-proxy.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t);

async function lossyLedger(t: Parameters<typeof connectedClient>[0]) {
  const proxy = await startLossyProxy(t, server.port);
  const client = await connectedClient(t, proxy.url);
  return { proxy, client, ledger: createRedisLedger(client) };
}

await t.test('a ground truth whose answer is lost is sent again, takes effect once and gets the answer of the first time', async (t) => {
  const { proxy, ledger } = await lossyLedger(t);
  const key = freshKey();
  const id = newId(key.model);
  await ledger.append(batchOf({ key, replies: [{ id, failureProbability: 0.25 }] }));
  proxy.lose(1, id);
  const items = [labelItem(id, '3'), labelItem(id, '3'), labelItem(newId(key.model), '9')];
  t.match(await ledger.record(items), {
    results: [{ status: 'matched' }, { status: 'duplicate' }, { status: 'pending' }],
    changes: [{ key, labelled: 1, failuresGained: 1, failuresLost: 0, expectedFailures: 0.25, labelSequence: 1 }],
  });
  t.equal(proxy.lost(), 1);
  t.match(await ledger.prediction(id), [{ groundTruths: { length: 2 } }]);
  t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { labelled: 1, duplicates: 1, pending: 1 });
  t.equal(await ledger.labelSequence(key), 1);
});

await t.test('so does an append, with what it joined', async (t) => {
  const { proxy, ledger } = await lossyLedger(t);
  const key = freshKey();
  const id = newId(key.model);
  await ledger.record([labelItem(id, '3')]);
  proxy.lose(1, id);
  const changes = await ledger.append(batchOf({ key, replies: [{ id, caller: 'order' }] }));
  t.match(changes, [{ labelled: 1, failuresGained: 1, labelSequence: 1 }]);
  t.equal(proxy.lost(), 1);
  t.match((await ledger.record([labelItem(keyOf(key.model, 'order'), '3')])).results, [{ status: 'duplicate' }]);
});

await t.test('when the second answer is lost too, the call is rejected, and given again it finds what it did', async (t) => {
  const { proxy, ledger } = await lossyLedger(t);
  const key = freshKey();
  const id = newId(key.model);
  await ledger.append(batchOf({ key, replies: [{ id }] }));
  proxy.lose(2, id);
  await t.rejects(ledger.record([labelItem(id, '3')]), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 2 });
  t.equal(proxy.lost(), 2);
  const other = createRedisLedger(await connectedClient(t, server.url));
  t.match((await other.record([labelItem(id, '3')])).results, [{ status: 'duplicate' }]);
  t.equal(await other.labelSequence(key), 1);
});

await t.test('what an append joined is told once, though its answers are lost: in the rejection, or when the batch is given again', async (t) => {
  const { proxy, client, ledger } = await lossyLedger(t);
  const key = freshKey();
  const ids = Array.from({ length: 600 }, () => newId(key.model));
  await ledger.record(ids.map((id) => labelItem(id, '3')));
  const batch = batchOf({ key, replies: ids.map((id) => ({ id })) });
  const told: LabelChange[] = [];
  const given = async () => told.push(...(await ledger.append(batch)));
  proxy.lose(2, ids.at(-1) ?? '');
  const error: unknown = await given().catch((thrown: unknown) => thrown);
  t.match(error, { code: 'LEDGER_UNAVAILABLE' });
  if (error instanceof PartlyWritten) told.push(...error.changes);
  t.equal(proxy.lost(), 2);
  t.ok(await client.whenConnected(10_000));
  await given();
  const sum = (of: (change: LabelChange) => number) => told.reduce((total, change) => total + of(change), 0);
  t.same([sum((c) => c.labelled), sum((c) => c.failuresGained), sum((c) => c.delays.length)], [600, 600, 600]);
  t.equal(await ledger.labelSequence(key), 600);
  t.same(await ledger.append(batch), [], 'and never again');
});

await t.test('what is remembered of a call goes by itself', async (t) => {
  const client = await connectedClient(t, server.url, 'remembered');
  const key = freshKey();
  const ledger = createRedisLedger(client);
  await ledger.append(batchOf({ key, replies: [{ id: newId(key.model) }] }));
  await ledger.record([labelItem(newId(key.model), '3')]);
  const remembered = await client.commands.keys('remembered:*once:*');
  t.equal(remembered.length, 1, 'an append that joined nothing leaves nothing');
  const seconds = await client.commands.ttl(remembered[0] ?? '');
  t.ok(seconds > 60 && seconds <= 120);
});
