import { createBullJobQueue } from '../../src/jobs/bull/bull-queue.js';
import { openBullQueue } from '../../src/jobs/bull/open-queue.js';
import type { BullTiming } from '../../src/jobs/bull/timing.js';
import type { JobQueue } from '../../src/jobs/queue.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import type { JobQueueHarness } from '../contract/job-queue-harness.js';
import { RedisProxy } from './jobs-redis-proxy.js';
import { type ManualClock, TimersByHand, turns } from './manual-clock.js';
import { recordingLogger } from './recording-logger.js';
import type { RedisServer } from './redis-server.js';

interface Opened {
  readonly client: RedisClient;
  readonly proxy: RedisProxy;
}

let prefixes = 0;

/** A client of a redis-server, connected. */
export async function connectedClient(url: string, prefix: string): Promise<RedisClient> {
  const client = new RedisClient({ url, prefix, name: 'test', timeoutMilliseconds: 5_000, logger: recordingLogger() });
  if (!(await client.whenConnected(20_000))) throw new Error('Redis did not answer');
  return client;
}

/** A prefix of keys that no other test of this process uses. */
export function freshPrefix(): string {
  return `jobs-${process.pid}-${++prefixes}`;
}

/** Ends what waits for times of a clock by hand. */
async function settled<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let pending = true;
  const end = promise.finally(() => (pending = false));
  while (pending) {
    clock.advance(60_000);
    await turns(1);
  }
  return end;
}

/** Pauses never end by themselves, and dead workers are found quickly. */
const TIMING: Partial<BullTiming> = { stalled: 50, retry: 3_600_000 };

/** What the harnesses of BullMQ have in common, on the Redis behind `url`. */
export async function bullBench(url: string) {
  const prefix = freshPrefix();
  const clock = new TimersByHand();
  const direct = await connectedClient(url, prefix);
  const board = openBullQueue(direct);
  return {
    prefix,
    direct,
    times: {
      clock,
      now: () => Date.now(),
      async pass() {
        const from = Date.now();
        while (Date.now() <= from) await turns(1);
      },
      passRetryPause: () => board.promoteJobs(),
    },
    queueOn: (client: RedisClient, maxAttempts: number): JobQueue =>
      createBullJobQueue({ client, clock, logger: recordingLogger(), maxAttempts, concurrency: 1, timing: TIMING }),
    async closeQueue(queue: JobQueue, client: RedisClient) {
      await settled(clock, queue.close(0));
      await client.close();
    },
    async close() {
      await board.close();
      await direct.close();
    },
  };
}

/** The adapter on a real Redis. Each queue has connections of its own, which can be cut as by the death of its process. */
export async function bullHarness(redis: RedisServer): Promise<JobQueueHarness> {
  const bench = await bullBench(redis.url);
  const { prefix, direct } = bench;
  const opened = new Map<JobQueue, Opened>();
  return {
    ...bench.times,
    async open({ maxAttempts = 3 } = {}) {
      const proxy = new RedisProxy(redis.port);
      await proxy.mend();
      const client = await connectedClient(proxy.url, prefix);
      const queue = bench.queueOn(client, maxAttempts);
      opened.set(queue, { client, proxy });
      return queue;
    },
    async kill(queue) {
      await opened.get(queue)?.proxy.cut();
      // As when its locks have run out.
      const locks = await direct.commands.keys(`{${prefix}}:retrain:*:lock`);
      if (locks.length > 0) await direct.commands.del(...locks);
    },
    async dispose() {
      for (const [queue, { client, proxy }] of opened) {
        await bench.closeQueue(queue, client);
        await proxy.cut();
      }
      await bench.close();
    },
  };
}
