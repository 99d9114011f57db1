import t, { type Test } from 'tap';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import { CLIENT_TIMEOUT_MILLISECONDS, newClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { within } from '../support/within.js';

/** Models with names by chance: enough that each of the three nodes has some. With 12 a node has none in one run of a hundred. */
const MODELS = 48;
const BOUND_MILLISECONDS = 5 * CLIENT_TIMEOUT_MILLISECONDS;
const RECOVERY_MILLISECONDS = 20_000;

const cluster = await startRedisCluster(t);

function write(ledger: ReturnType<typeof createRedisLedger>): Promise<unknown>[] {
  return Array.from({ length: MODELS }, async () => {
    const key = freshKey();
    const id = newId(key.model);
    await ledger.append(batchOf({ key, replies: [{ id }] }));
    await ledger.record([labelItem(id, '9')]);
  });
}

async function works(ledger: ReturnType<typeof createRedisLedger>): Promise<boolean> {
  const outcomes = await Promise.allSettled(write(ledger));
  return outcomes.every(({ status }) => status === 'fulfilled');
}

async function allRejectInTime(t: Test, ledger: ReturnType<typeof createRedisLedger>): Promise<void> {
  const begin = performance.now();
  for (const outcome of await Promise.allSettled(write(ledger))) t.match(outcome, { status: 'rejected', reason: { code: 'LEDGER_UNAVAILABLE' } });
  t.ok(performance.now() - begin < BOUND_MILLISECONDS);
}

await t.test('as soon as the client is connected, all nodes take commands, also those it has no connection to yet', async (t) => {
  for (let round = 0; round < 20; round++) {
    const { client } = newClient(t, cluster.url);
    t.equal(await client.whenConnected(BOUND_MILLISECONDS), true);
    await Promise.all(write(createRedisLedger(client)));
    await client.close();
  }
});

await t.test('all nodes go away and come back, and hang and go on', async (t) => {
  const { client } = newClient(t, cluster.url);
  await client.whenConnected(BOUND_MILLISECONDS);
  const ledger = createRedisLedger(client);
  t.equal(await works(ledger), true);
  await Promise.all(cluster.nodes.map(async (node) => node.kill()));
  await allRejectInTime(t, ledger);
  await within(BOUND_MILLISECONDS, () => !client.connected);
  await allRejectInTime(t, ledger);
  await Promise.all(cluster.nodes.map(async (node) => node.start()));
  await within(RECOVERY_MILLISECONDS, async () => works(ledger));

  for (const node of cluster.nodes) node.suspend();
  await allRejectInTime(t, ledger);
  await within(BOUND_MILLISECONDS, () => !client.connected);
  await allRejectInTime(t, ledger);
  for (const node of cluster.nodes) node.resume();
  await within(RECOVERY_MILLISECONDS, async () => works(ledger));
});

await t.test('one node hangs: the models of the others are served', async (t) => {
  const { client } = newClient(t, cluster.url);
  await client.whenConnected(BOUND_MILLISECONDS);
  const ledger = createRedisLedger(client);
  t.equal(await works(ledger), true);
  cluster.nodes[1]?.suspend();
  const begin = performance.now();
  const outcomes = await Promise.allSettled(write(ledger));
  t.ok(performance.now() - begin < BOUND_MILLISECONDS);
  t.ok(outcomes.some(({ status }) => status === 'fulfilled') && outcomes.some(({ status }) => status === 'rejected'));
  cluster.nodes[1]?.resume();
  await within(RECOVERY_MILLISECONDS, async () => works(ledger));
});
