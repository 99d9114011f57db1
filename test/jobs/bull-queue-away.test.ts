import t, { type Test } from 'tap';
import { systemClock } from '../../src/core/clock.js';
import { createBullJobQueue } from '../../src/jobs/bull/bull-queue.js';
import type { BullTiming } from '../../src/jobs/bull/timing.js';
import type { JobQueue } from '../../src/jobs/queue.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { newJob } from '../contract/job-queue-harness.js';
import { freshPrefix } from '../support/jobs-bull.js';
import { ManualHandler, RESULT } from '../support/jobs-handler.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const TIMING: Partial<BullTiming> = { lock: 3_000, stalled: 300, look: 200 };

interface Opened {
  readonly client: RedisClient;
  readonly queue: JobQueue;
}

/** A queue as a process has it, on a Redis that may be away. */
async function open(t: Test, redis: RedisServer, prefix = freshPrefix()): Promise<Opened> {
  const logger = recordingLogger();
  const client = new RedisClient({ url: redis.url, prefix, name: 'test', timeoutMilliseconds: 500, logger });
  const queue = createBullJobQueue({ client, clock: systemClock, logger, maxAttempts: 3, concurrency: 1, timing: TIMING });
  t.teardown(async () => {
    await queue.close(0);
    await client.close();
  });
  return { client, queue };
}

/** Tries until it succeeds; the time-out of the test bounds it. */
async function insistently<T>(action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

await t.test('requests of three servers lead to one run, and to one more for those that came during it', async (t) => {
  const redis = await startRedis(t);
  const prefix = freshPrefix();
  const servers = [await open(t, redis, prefix), await open(t, redis, prefix), await open(t, redis, prefix)];
  const workers = [await open(t, redis, prefix), await open(t, redis, prefix)];
  const enqueueEverywhere = async () => {
    const jobs = await Promise.all(Array.from({ length: 30 }, (_, i) => insistently(async () => servers[i % 3]?.queue.enqueue(newJob('m')))));
    return new Set(jobs.map((job) => job?.id));
  };
  t.equal((await enqueueEverywhere()).size, 1, 'one job waits');
  const manual = new ManualHandler();
  for (const { queue } of workers) await queue.start(manual.handler);
  const first = await manual.run(0);
  const during = await enqueueEverywhere();
  t.equal(during.size, 1, 'one more');
  t.notOk(during.has(first.job.id));
  first.finish();
  const second = await manual.run(1);
  t.ok(during.has(second.job.id));
  second.finish();
  t.match(await servers[0]?.queue.ended(second.job.id), { state: 'completed' });
  t.equal(manual.runs.length, 2);
  t.match(await servers[1]?.queue.depth(), { waiting: 0, active: 0 });
});

await t.test('Redis is restarted during a run: the run goes on, its end is recorded once, and who waits for it is told', async (t) => {
  const redis = await startRedis(t);
  const prefix = freshPrefix();
  const [server, worker, idle] = [await open(t, redis, prefix), await open(t, redis, prefix), await open(t, redis, prefix)];
  const manual = new ManualHandler();
  const job = await insistently(() => server.queue.enqueue(newJob('m')));
  await worker.queue.start(manual.handler);
  const run = await manual.run(0);
  const ended = server.queue.ended(job.id);
  // Behind its first look, which would fail without Redis.
  await server.queue.get(job.id);
  await redis.kill();
  await t.rejects(server.queue.enqueue(newJob('m')), { code: 'STORE_UNAVAILABLE' });
  await t.rejects(server.queue.get(job.id), { code: 'STORE_UNAVAILABLE' });
  await redis.start();
  await idle.queue.start(manual.handler);
  run.finish();
  t.match(await ended, { id: job.id, state: 'completed', result: RESULT });
  t.equal(manual.runs.length, 1, 'the other worker had no reason to begin it');
  const next = await insistently(() => server.queue.enqueue(newJob('m')));
  (await manual.run(1)).finish();
  t.match(await server.queue.ended(next.id), { state: 'completed' });
});

await t.test('Redis comes back without its data: what ran is not recorded, and the queue works', async (t) => {
  const redis = await startRedis(t);
  const { client, queue } = await open(t, redis);
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  const lost = await insistently(() => queue.enqueue(newJob('m')));
  const run = await manual.run(0);
  await client.commands.flushall();
  run.finish();
  t.equal(await queue.get(lost.id), null);
  const next = await queue.enqueue(newJob('m'));
  (await manual.run(1)).finish();
  t.match(await queue.ended(next.id), { state: 'completed' });
});

await t.test('a queue that is opened and started while Redis is away runs jobs when it comes', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const { queue } = await open(t, redis);
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  await t.rejects(queue.enqueue(newJob('m')), { code: 'STORE_UNAVAILABLE' });
  await t.rejects(queue.depth(), { code: 'STORE_UNAVAILABLE' });
  await redis.start();
  const job = await insistently(() => queue.enqueue(newJob('m')));
  (await manual.run(0)).finish();
  t.match(await queue.ended(job.id), { state: 'completed' });
});

await t.test('closing ends while Redis hangs, is away, or never was there', async (t) => {
  const close = async (how: 'hangs' | 'is away' | 'never was there') => {
    const redis = await startRedis(t);
    if (how === 'never was there') await redis.stop();
    const prefix = freshPrefix();
    const [server, worker] = [await open(t, redis, prefix), await open(t, redis, prefix)];
    const manual = new ManualHandler();
    await worker.queue.start(manual.handler);
    if (how !== 'never was there') {
      const job = await insistently(() => server.queue.enqueue(newJob('m')));
      await manual.run(0);
      server.queue.ended(job.id).catch(() => undefined);
      if (how === 'hangs') redis.suspend();
      else await redis.kill();
    }
    await Promise.all([server.queue.close(0), worker.queue.close(0)]);
    t.ok(manual.runs.every(({ context }) => context.signal.aborted), how);
    redis.resume();
  };
  await Promise.all([close('hangs'), close('is away'), close('never was there')]);
});
