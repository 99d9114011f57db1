import t from 'tap';
import type { Test } from 'tap';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../src/ledger/redis/client.js';
import { createRedisMetaRegistry } from '../../src/meta/registry-redis.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { metaRegistryContract } from '../contract/meta-registry-contract.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import type { RedisServer } from '../support/redis-server.js';
import { startRedis } from '../support/redis-server.js';

/** A registry that hears of promotions from now on. */
async function listening(client: RedisClient): Promise<MetaModelRegistry> {
  const registry = createRedisMetaRegistry(client);
  await new Promise<void>((resolve) => registry.onInterruption(resolve));
  return registry;
}

/** The test's own prefix: all tests of a file share a server. */
let prefixes = 0;

async function open(t: Test, url: string, nodes: readonly RedisServer[], restart: () => Promise<void>) {
  const prefix = `metaerr-${(prefixes += 1)}`;
  const clients = await Promise.all([connectedClient(t, url, prefix), connectedClient(t, url, prefix)]);
  const [registry, second] = await Promise.all(clients.map(listening));
  if (registry === undefined || second === undefined) throw new Error('no registry');
  return {
    registry,
    second,
    async interrupt() {
      for (const { port } of nodes) {
        const operator = new Redis(port, '127.0.0.1');
        await operator.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
        operator.disconnect();
      }
    },
    async reopen() {
      for (const client of clients) await client.close();
      await restart();
      return createRedisMetaRegistry(await connectedClient(t, url, prefix));
    },
  };
}

await t.test('one server', async (t) => {
  const server = await startRedis(t);
  const restart = async () => {
    await server.kill();
    await server.start();
  };
  await metaRegistryContract(t, (t) => open(t, server.url, [server], restart));
});

await t.test('a cluster', async (t) => {
  const cluster = await startRedisCluster(t);
  const restart = async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.whole();
  };
  await metaRegistryContract(t, (t) => open(t, cluster.url, cluster.nodes, restart));
});
