import t from 'tap';
import type { Test } from 'tap';
import { Redis } from 'ioredis';
import { modelTag } from '../../src/core/ids.js';
import type { RedisClient } from '../../src/ledger/redis/client.js';
import { createRedisMetaRegistry } from '../../src/meta/registry-redis.js';
import { createMetaModelStore } from '../../src/meta/registry-redis-store.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startProxy } from '../support/redis-proxy.js';
import { freePort, RedisServer, startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

const { key: KEY } = newModel();
const HEARD_MILLISECONDS = 1_000;
/** From the loss of a connection without a word to the end of its repair. */
const BACK_MILLISECONDS = 15_000;

/** A registry and what its listeners were called with. */
function watched(client: RedisClient) {
  const registry = createRedisMetaRegistry(client);
  const seen = { heard: [] as number[], interruptions: 0 };
  registry.onPromotion((_key, version) => seen.heard.push(version));
  registry.onInterruption(() => (seen.interruptions += 1));
  return { registry, seen };
}

async function listening(client: RedisClient) {
  const all = watched(client);
  await within(BACK_MILLISECONDS, () => all.seen.interruptions > 0);
  return all;
}

/** Adds a meta-model and makes it the champion, whoever was. */
async function promoteNew(registry: MetaModelRegistry, key = KEY): Promise<number> {
  const version = await registry.add(newModel({ key }));
  const champion = await registry.champion(key);
  if (!(await registry.promote(key, version, champion?.version ?? null, 5))) throw new Error('not promoted');
  return version;
}

async function pubsubClients(server: RedisServer): Promise<number> {
  const operator = new Redis(server.port, '127.0.0.1');
  const list = String(await operator.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  operator.disconnect();
  return list.split('\n').filter((line) => line !== '').length;
}

async function startedLate(t: Test): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), {});
  t.teardown(() => server.dispose());
  return server;
}

await t.test('law 6: a process that was there before Redis hears of what was promoted meanwhile', async (t) => {
  const server = await startedLate(t);
  const { registry, seen } = watched(newClient(t, server.url).client);
  const calls: (() => Promise<unknown>)[] = [
    () => registry.add(newModel()), () => registry.list('m'), () => registry.get('m', 1), () => registry.bytes('m', 1),
    () => registry.champion(KEY), () => registry.promote(KEY, 1, null, 5), () => registry.prune(KEY, 1),
  ];
  for (const call of calls) await t.rejects(call(), { code: 'STORE_UNAVAILABLE', retryAfterSeconds: 2 });
  t.equal(seen.interruptions, 0);
  await server.start();
  await within(BACK_MILLISECONDS, () => seen.interruptions === 1);
  const other = createRedisMetaRegistry(await connectedClient(t, server.url));
  t.equal(await promoteNew(other), 1);
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 1);
});

for (const end of ['stop', 'kill'] as const) {
  await t.test(`laws 4 and 6: Redis is restarted (${end})`, async (t) => {
    const server = await startRedis(t);
    const { registry, seen } = await listening(await connectedClient(t, server.url));
    await promoteNew(registry);
    const before = await registry.list('m');
    await server[end]();
    await t.rejects(registry.champion(KEY), { code: 'STORE_UNAVAILABLE' });
    await server.start();
    await within(BACK_MILLISECONDS, () => seen.interruptions === 2);
    await within(BACK_MILLISECONDS, () => registry.champion(KEY).then(() => true, () => false));
    t.same(await registry.list('m'), before);
    await promoteNew(createRedisMetaRegistry(await connectedClient(t, server.url)));
    await within(HEARD_MILLISECONDS, () => seen.heard.length === 2);
    t.same(seen.heard, [1, 2]);
  });
}

await t.test('law 6: Redis hangs until the connection is given up, and goes on', async (t) => {
  const server = await startRedis(t);
  const { client, logger } = newClient(t, server.url);
  const { seen } = await listening(client);
  const other = createRedisMetaRegistry(await connectedClient(t, server.url));
  await promoteNew(other);
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 1);
  server.suspend();
  await t.rejects(other.champion(KEY), { code: 'STORE_UNAVAILABLE' });
  // This client asks for nothing, so it is the connection of its registry that gives up.
  const givenUp = () => logger.lines.some(({ fields }) => 'err' in fields && String(fields.err).includes('Socket timeout'));
  await within(BACK_MILLISECONDS, givenUp);
  server.resume();
  await within(BACK_MILLISECONDS, () => seen.interruptions === 2);
  await within(BACK_MILLISECONDS, () => promoteNew(other).then(() => true, () => false));
  await within(HEARD_MILLISECONDS, () => seen.heard.length > 1);
});

await t.test('law 6: a promotion behind a partition without a word is caught up', async (t) => {
  const server = await startRedis(t);
  const proxy = await startProxy(t, server.port);
  const { registry, seen } = await listening(await connectedClient(t, proxy.url));
  const other = createRedisMetaRegistry(await connectedClient(t, server.url));
  await promoteNew(other);
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 1);
  const taken = proxy.taken();
  proxy.cut();
  await promoteNew(other);
  // It has noticed by itself, and tries to come back.
  await within(BACK_MILLISECONDS, () => proxy.taken() > taken);
  t.equal(seen.interruptions, 1);
  proxy.heal();
  await within(BACK_MILLISECONDS, () => seen.interruptions > 1);
  await within(BACK_MILLISECONDS, () => registry.champion(KEY).then((champion) => champion?.version === 2, () => false));
  t.same(seen.heard, [1], 'the message is lost');
  await promoteNew(other);
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 2);
});

await t.test('law 3: two registries with fifty promotions each', async (t) => {
  const server = await startRedis(t);
  const both = await Promise.all([1, 2].map(async () => listening(await connectedClient(t, server.url))));
  const won: { before: number | null; version: number }[] = [];
  const promoteFifty = async ({ registry }: { registry: MetaModelRegistry }) => {
    for (let count = 0; count < 50; ) {
      const version = await registry.add(newModel());
      let promoted = false;
      while (!promoted) {
        const before = (await registry.champion(KEY))?.version ?? null;
        promoted = await registry.promote(KEY, version, before, count);
        if (promoted) won.push({ before, version });
      }
      count += 1;
    }
  };
  await Promise.all(both.map(promoteFifty));
  t.equal(won.length, 100);
  t.equal(new Set(won.map(({ before }) => before)).size, 100, 'each took the place of another one');
  await within(HEARD_MILLISECONDS, () => both.every(({ seen }) => seen.heard.length >= 100));
  for (const { seen } of both) t.same(seen.heard.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i + 1), 'each once');
  t.equal((await both[0]?.registry.list('m'))?.filter(({ state }) => state === 'champion').length, 1);
});

await t.test('law 4: 5 MB come back exactly, in memory of their own', async (t) => {
  const server = await startRedis(t);
  const { registry } = await listening(await connectedClient(t, server.url));
  const onnx = new Uint8Array(5_000_000).map((_, i) => (i * 7919) >>> 3);
  const version = await registry.add(newModel({ onnx }));
  const bytes = await registry.bytes('m', version);
  t.ok(bytes !== null && Buffer.compare(bytes, onnx) === 0);
  t.equal(bytes?.buffer.byteLength, onnx.length);
  await registry.prune(KEY, 0);
  t.equal(await registry.bytes('m', version), null);
});

await t.test('what is no promotion is ignored, with a line in the log', async (t) => {
  const server = await startRedis(t);
  const { client, logger } = newClient(t, server.url);
  const { registry, seen } = await listening(client);
  const operator = new Redis(server.port, '127.0.0.1');
  t.teardown(() => operator.disconnect());
  const good = { model: 'm', base_version: 1, digest: 'a', version: 1, nonce: 'x' };
  const bad = ['', 'no JSON', 'null', '7', '[]', '{}', ...Object.keys(good).map((name) => JSON.stringify({ ...good, [name]: null })), JSON.stringify({ ...good, version: 1.5 })];
  for (const message of bad) await operator.publish('metaerr:promotions:0', message);
  await promoteNew(registry);
  await within(HEARD_MILLISECONDS, () => logger.lines.filter(({ level }) => level === 'warn').length === bad.length);
  t.match(logger.lines.find(({ level }) => level === 'warn'), { message: 'message that is no promotion, ignored', fields: { length: 0 } });
  await operator.publish('metaerr:promotions:0', JSON.stringify({ ...good, version: 9 }));
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 2);
  t.same(seen.heard, [1, 9], 'which then is looked for in the registry');
});

await t.test('a promote that is sent twice takes effect once', async (t) => {
  const server = await startRedis(t);
  const client = await connectedClient(t, server.url);
  const { registry, seen } = await listening(client);
  const store = createMetaModelStore(client);
  await registry.add(newModel());
  const message = JSON.stringify({ model: 'm', base_version: 1, digest: 'a', version: 1, nonce: 'n' });
  const announcement = { nonce: 'n', channel: 'metaerr:promotions:0', message };
  t.equal(await store.promote(KEY, 1, null, 5, announcement), true);
  t.equal(await store.promote(KEY, 1, null, 6, announcement), true);
  t.equal(await promoteNew(registry), 2);
  await within(HEARD_MILLISECONDS, () => seen.heard.length === 2);
  t.same(seen.heard, [1, 2]);
  t.match(await registry.get('m', 1), { promotedAt: 5, state: 'retired' });
});

await t.test('who listens to nothing has no connection for it; prefixes and databases do not hear of each other', async (t) => {
  const server = await startRedis(t);
  const silent = createRedisMetaRegistry(await connectedClient(t, server.url));
  t.equal(await promoteNew(silent), 1);
  t.equal(await pubsubClients(server), 0);
  const others = await Promise.all([
    listening(await connectedClient(t, server.url, 'other')),
    listening(await connectedClient(t, `${server.url}/3`)),
    listening(await connectedClient(t, server.url)),
  ]);
  t.equal(await pubsubClients(server), 3);
  await promoteNew(silent);
  await within(HEARD_MILLISECONDS, () => others[2]?.seen.heard.length === 1);
  for (const { registry } of others.slice(0, 2)) t.equal(await promoteNew(registry), 1);
  t.same(others.map(({ seen }) => seen.heard), [[1], [1], [2]]);
});

await t.test('law 6: in a cluster, the node that is listened to is lost', async (t) => {
  const cluster = await startRedisCluster(t);
  const { registry, seen } = await listening(await connectedClient(t, cluster.url));
  const other = createRedisMetaRegistry(await connectedClient(t, cluster.url));
  const models = ['m', 'another', 'third', 'fourth', 'fifth'];
  for (const model of models) t.equal(await promoteNew(other, { ...KEY, model }), 1);
  t.ok(new Set(await Promise.all(models.map((model) => cluster.nodeOf(`{${modelTag(model)}}`)))).size > 1, 'on more than one node');
  await within(HEARD_MILLISECONDS, () => seen.heard.length === models.length);
  for (const node of cluster.nodes) {
    if ((await pubsubClients(node)) === 0) continue;
    await node.kill();
    await within(BACK_MILLISECONDS, () => seen.interruptions === 2);
    await node.start();
    break;
  }
  await cluster.whole();
  await within(BACK_MILLISECONDS, () => promoteNew(other).then(() => true, () => false));
  await within(HEARD_MILLISECONDS, () => seen.heard.length > models.length);
  await within(BACK_MILLISECONDS, () => registry.champion(KEY).then((champion) => (champion?.version ?? 0) > 1, () => false));
});
