import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, RedisServer } from './redis-server.js';
import type { Teardown } from './teardown.js';

const MASTERS = 3;
const SLOTS = 16_384;
/** A node's own protocol runs on its port plus this. */
const BUS_OFFSET = 10_000;
const FORMING_MILLISECONDS = 20_000;

/** A Redis Cluster of three masters on loopback, without replicas: a node that is killed is missing until it is started again. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  /** As REDIS_URL names it: `redis://127.0.0.1:a,127.0.0.1:b,127.0.0.1:c`. */
  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** The node that has the slot of a key. */
  async nodeOf(key: string): Promise<RedisServer> {
    const slot = await this.ask(0, (redis) => redis.cluster('KEYSLOT', key));
    const node = this.nodes[Math.floor((slot * MASTERS) / SLOTS)];
    if (node === undefined) throw new Error(`no node has slot ${slot}`);
    return node;
  }

  /** Keys in all nodes. */
  async size(): Promise<number> {
    const sizes = await Promise.all(this.nodes.map((_, node) => this.ask(node, (redis) => redis.dbsize())));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Runs commands on one node, over a connection of its own. */
  async ask<T>(node: number, call: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ host: '127.0.0.1', port: this.nodes[node]?.port ?? 0, maxRetriesPerRequest: 0 });
    try {
      return await call(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Starts the nodes and joins them, and resolves when every one of them says that the cluster is whole. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await Promise.all(this.nodes.map((_, node) => this.ask(node, (redis) => assignSlots(redis, node))));
    await this.ask(0, async (redis) => {
      for (const { port } of this.nodes.slice(1)) await redis.cluster('MEET', '127.0.0.1', port);
    });
    await this.whole();
  }

  /** Resolves when every node knows all the others and all slots are served. */
  async whole(): Promise<void> {
    const deadline = Date.now() + FORMING_MILLISECONDS;
    for (const node of this.nodes.keys()) {
      while (!(await this.ask(node, isWhole))) {
        if (Date.now() > deadline) throw new Error(`the cluster did not form: ${await this.ask(node, (redis) => redis.cluster('INFO'))}`);
        await pause(50);
      }
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }
}

async function assignSlots(redis: Redis, node: number): Promise<void> {
  const from = Math.ceil((node * SLOTS) / MASTERS);
  const to = Math.ceil(((node + 1) * SLOTS) / MASTERS);
  // Else all begin with the same epoch, and agreeing on others takes them a while.
  await redis.cluster('SET-CONFIG-EPOCH', node + 1);
  // Not ADDSLOTSRANGE: Redis 6.2 does not have it.
  await redis.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
}

async function isWhole(redis: Redis): Promise<boolean> {
  const state = await redis.cluster('INFO');
  return /cluster_state:ok/.test(state) && new RegExp(`cluster_known_nodes:${MASTERS}\\b`).test(state) && new RegExp(`cluster_slots_ok:${SLOTS}\\b`).test(state);
}

/** Starts a Redis Cluster that is stopped and removed at the end of the test. */
export async function startRedisCluster(t: Teardown): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  const args = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '2000'];
  for (let node = 0; node < MASTERS; node++) nodes.push(new RedisServer(await freePort(BUS_OFFSET), { arguments: args }));
  const cluster = new RedisCluster(nodes);
  t.teardown(() => cluster.dispose());
  await cluster.start();
  return cluster;
}
