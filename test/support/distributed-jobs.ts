import type { JobQueue } from '../../src/jobs/queue.js';
import type { RedisClient } from '../../src/ledger/redis/client.js';
import type { JobQueueHarness } from '../contract/job-queue-harness.js';
import { bullBench, connectedClient } from './jobs-bull.js';
import type { RedisCluster } from './redis-cluster.js';

/** BullMQ on a Redis Cluster. A queue dies by the loss of all its connections, and its locks run out at once. */
export async function clusterJobsHarness(cluster: RedisCluster): Promise<JobQueueHarness> {
  const bench = await bullBench(cluster.url);
  const { prefix } = bench;
  const opened = new Map<JobQueue, RedisClient>();
  const node = cluster.nodes.indexOf(await cluster.nodeOf(`{${prefix}}`));
  return {
    ...bench.times,
    async open({ maxAttempts = 3 } = {}) {
      const client = await connectedClient(cluster.url, prefix);
      const queue = bench.queueOn(client, maxAttempts);
      opened.set(queue, client);
      return queue;
    },
    async kill(queue) {
      await opened.get(queue)?.close();
      await cluster.ask(node, async (redis) => {
        const locks = await redis.keys(`{${prefix}}:retrain:*:lock`);
        if (locks.length > 0) await redis.del(...locks);
      });
    },
    async dispose() {
      for (const [queue, client] of opened) await bench.closeQueue(queue, client);
      await bench.close();
    },
  };
}
