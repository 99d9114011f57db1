import { createBullJobQueue } from '../../src/jobs/bull/bull-queue.js';
import { openBullQueue } from '../../src/jobs/bull/open-queue.js';
import type { JobQueue } from '../../src/jobs/queue.js';
import type { RedisClient } from '../../src/ledger/redis/client.js';
import type { JobQueueHarness } from '../contract/job-queue-harness.js';
import { connectedClient, freshPrefix, settled } from './jobs-bull.js';
import { TimersByHand, turns } from './manual-clock.js';
import { recordingLogger } from './recording-logger.js';
import type { RedisCluster } from './redis-cluster.js';

/** BullMQ on a Redis Cluster. A queue dies by the loss of all its connections, and its locks run out at once. */
export async function clusterJobsHarness(cluster: RedisCluster): Promise<JobQueueHarness> {
  const prefix = freshPrefix();
  const clock = new TimersByHand();
  const direct = await connectedClient(cluster.url, prefix);
  const board = openBullQueue(direct);
  const opened = new Map<JobQueue, RedisClient>();
  const node = cluster.nodes.indexOf(await cluster.nodeOf(`{${prefix}}`));
  return {
    clock,
    now: () => Date.now(),
    async pass() {
      const from = Date.now();
      while (Date.now() <= from) await turns(1);
    },
    passRetryPause: () => board.promoteJobs(),
    async open({ maxAttempts = 3 } = {}) {
      const client = await connectedClient(cluster.url, prefix);
      const queue = createBullJobQueue({ client, clock, logger: recordingLogger(), maxAttempts, concurrency: 1, timing: { stalled: 50, retry: 3_600_000 } });
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
      for (const [queue, client] of opened) {
        await settled(clock, queue.close(0));
        await client.close();
      }
      await board.close();
      await direct.close();
    },
  };
}
