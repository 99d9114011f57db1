import t from 'tap';
import type { Test } from 'tap';
import { Queue } from 'bullmq';
import { systemClock, type Clock } from '../../src/core/clock.js';
import { nextCronTime } from '../../src/core/cron.js';
import { createBullRecurrence } from '../../src/jobs/bull/bull-recurrence.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { recurrenceContract } from '../contract/recurrence-contract.js';
import { RedisProxy } from '../support/jobs-redis-proxy.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

process.env['TZ'] = 'Asia/Kolkata';

const LOCK = 500;
const LIST = [{ id: 'quick', when: { everyMilliseconds: 200 } }, { id: 'nightly', when: { cron: '0 3 * * *' } }];

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 10));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await tick();
  }
}

let installations = 0;

/** An installation of its own on a server; each `open` is a process. */
function installation(t: Test, server: RedisServer) {
  const prefix = `test-${(installations += 1)}`;
  const logger = recordingLogger();
  const clientAt = (url: string) => new RedisClient({ url, prefix, name: 'test', timeoutMilliseconds: 1_000, logger });
  const process = (clock: Clock = systemClock, client = clientAt(server.url)) => {
    const recurrence = createBullRecurrence({ client, clock, logger, lockMilliseconds: LOCK });
    t.teardown(async () => {
      await recurrence.close();
      await client.close();
    });
    return { client, recurrence };
  };
  const first = process();
  const queue = new Queue('recurring', { connection: first.client.commands, prefix: `{${prefix}}` });
  const begun: string[] = [];
  return { ...first, process, logger, queue, begun, run: async (id: string) => void begun.push(id) };
}

const server = await startRedis(t);

await t.test('contract', (t) =>
  recurrenceContract(t, async (t) => {
    const { process, client, logger } = installation(t, server);
    await client.whenConnected(5_000);
    const clients: Promise<boolean>[] = [];
    const processes = Array.from({ length: 3 }, () => process());
    clients.push(...processes.map(({ client }) => client.whenConnected(5_000)));
    await Promise.all(clients);
    const open = () => {
      const next = processes.shift();
      if (next === undefined) throw new Error('no further process');
      return next.recurrence;
    };
    return { open, shared: true, logger, now: () => Date.now(), tick };
  }),
);

await t.test('cron times are those of UTC; a list that is set again leaves the jobs as they are', async (t) => {
  const { client, recurrence, process, queue } = installation(t, server);
  const other = process();
  await Promise.all([client.whenConnected(5_000), other.client.whenConnected(5_000)]);
  const before = nextCronTime('0 3 * * *', Date.now());
  await Promise.all([recurrence.set(LIST), other.recurrence.set(LIST)]);
  const schedulers = await queue.getJobSchedulers(0, -1, true);
  t.same(schedulers.map(({ key }) => key).toSorted(), ['nightly', 'quick']);
  const next = schedulers.find(({ key }) => key === 'nightly')?.next ?? 0;
  t.ok(next === before || next === nextCronTime('0 3 * * *', Date.now()));
  const jobs = (await queue.getDelayed()).map(({ id, timestamp }) => [id, timestamp]).toSorted();
  t.equal(jobs.length, 2);
  await Promise.all([recurrence.set(LIST), other.recurrence.set(LIST)]);
  t.same((await queue.getDelayed()).map(({ id, timestamp }) => [id, timestamp]).toSorted(), jobs);
  await recurrence.set([]);
  t.same(await queue.getJobSchedulers(), []);
  t.equal(await queue.getDelayedCount(), 0);
});

await t.test('jobs that ran are not kept, whether they failed or not', async (t) => {
  const { client, recurrence, queue, begun } = installation(t, server);
  await client.whenConnected(5_000);
  await recurrence.set(LIST);
  await recurrence.start(async (id) => {
    begun.push(id);
    if (begun.length % 2 === 0) throw new Error('every other one');
  });
  await until(() => begun.length >= 4);
  t.equal(await queue.getCompletedCount(), 0);
  t.equal(await queue.getFailedCount(), 0);
});

await t.test('law 7: work of a process that died runs elsewhere, and comes back as before', async (t) => {
  const { client, recurrence, process, begun, run, logger } = installation(t, server);
  const other = process();
  await Promise.all([client.whenConnected(5_000), other.client.whenConnected(5_000)]);
  await recurrence.set([{ id: 'long', when: { everyMilliseconds: 1_000 } }]);
  let died = false;
  await recurrence.start((id) => {
    begun.push(`dying ${id}`);
    died = true;
    // Nothing more reaches Redis: neither the lock's renewal nor an end.
    void client.close();
    return Promise.resolve();
  });
  await until(() => died);
  await other.recurrence.start(run);
  await until(() => begun.filter((id) => id === 'long').length >= 3);
  t.equal(begun.filter((id) => id.startsWith('dying')).length, 1);
  t.match(logger.lines, [{ level: 'warn', fields: { work: 'long' }, message: /its process is gone/ }]);
});

await t.test('without Redis: set rejects, close does not wait; what was set goes on when it is back', async (t) => {
  const own = await startRedis(t);
  const { client, recurrence, process, begun, run, logger } = installation(t, own);
  await client.whenConnected(5_000);
  await recurrence.set(LIST);
  await recurrence.start(run);
  await until(() => begun.length >= 2);
  await own.kill();
  await until(() => !client.connected);
  await t.rejects(recurrence.set(LIST), { code: 'STORE_UNAVAILABLE', retryAfterSeconds: 2 });
  const absent = process();
  await absent.recurrence.start(run);
  await t.rejects(absent.recurrence.set(LIST), { code: 'STORE_UNAVAILABLE' });
  await absent.recurrence.close();
  await absent.client.close();
  const late = process();
  await late.recurrence.start(run);
  await own.start();
  const before = begun.length;
  await until(() => begun.length >= before + 3);
  await recurrence.close();
  const after = begun.length;
  await until(() => begun.length >= after + 3);
  t.same(logger.lines.filter(({ level }) => level === 'error'), []);

  await late.client.whenConnected(5_000);
  await late.client.commands.flushall();
  await late.recurrence.set(LIST);
  const flushed = begun.length;
  await until(() => begun.length >= flushed + 2);
});

await t.test('close while Redis is away, in the middle of a run, leaves no connection and no timer', async (t) => {
  const own = await startRedis(t);
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  const before = sockets();
  const { client, recurrence, queue, begun } = installation(t, own);
  await client.whenConnected(5_000);
  await queue.waitUntilReady();
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  await recurrence.set(LIST);
  await recurrence.start(async (id) => {
    begun.push(id);
    await gate;
  });
  await until(() => begun.length > 0);
  await own.kill();
  await until(() => !client.connected);
  const closing = recurrence.close();
  release();
  await closing;
  await client.close();
  await until(() => sockets() <= before);
});

await t.test('close while Redis hangs ends, with a run or without one, and leaves no connection', async (t) => {
  const own = await startRedis(t);
  t.teardown(() => own.resume());
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  for (const runs of [true, false]) {
    const before = sockets();
    const { client, recurrence, queue, begun } = installation(t, own);
    await client.whenConnected(5_000);
    await queue.waitUntilReady();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await recurrence.set([{ id: 'work', when: { everyMilliseconds: runs ? 200 : 3_600_000 } }]);
    await recurrence.start(async (id) => {
      begun.push(id);
      await gate;
    });
    if (runs) await until(() => begun.length > 0);
    own.suspend();
    const closing = recurrence.close();
    release();
    await closing;
    await client.close();
    await until(() => sockets() <= before);
    own.resume();
  }
});

const HOUR = 3_600_000;
const aheadBy = (milliseconds: number): Clock => ({ ...systemClock, now: () => systemClock.now() + milliseconds, monotonic: () => systemClock.monotonic(), after: (wait, action) => systemClock.after(wait, action) });

await t.test('a host whose clock is an hour ahead leaves no time out', async (t) => {
  const { client, recurrence, process, begun, run } = installation(t, server);
  const ahead = process(aheadBy(HOUR));
  await Promise.all([client.whenConnected(5_000), ahead.client.whenConnected(5_000)]);
  await recurrence.set([{ id: 'a', when: { everyMilliseconds: 500 } }]);
  await ahead.recurrence.start(run);
  await until(() => begun.length >= 3);
});

await t.test('law 8: a time far ahead, of a clock that was set wrong, is reckoned anew', async (t) => {
  const { client, recurrence, queue, begun, run } = installation(t, server);
  await client.whenConnected(5_000);
  const work = [{ id: 'a', when: { everyMilliseconds: 500 } }, { id: 'nightly', when: { cron: '0 3 * * *' } }];
  const far = Date.now() + 3 * 365 * 24 * HOUR;
  await queue.upsertJobScheduler('a', { every: 500, startDate: far }, { name: 'a' });
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *', tz: 'UTC', startDate: far }, { name: 'nightly' });
  t.ok(((await queue.getJobScheduler('a'))?.next ?? 0) >= far);
  t.ok(((await queue.getJobScheduler('nightly'))?.next ?? 0) >= far);
  await recurrence.set(work);
  t.ok(((await queue.getJobScheduler('nightly'))?.next ?? 0) <= Date.now() + 24 * HOUR);
  await recurrence.start(run);
  await until(() => begun.length >= 2);
  const before = await queue.getJobScheduler('nightly');
  await recurrence.set(work);
  t.same(await queue.getJobScheduler('nightly'), before, 'once');
});

await t.test('a time at which Redis could not be asked what to do is not lost', async (t) => {
  const proxy = new RedisProxy(server.port);
  await proxy.mend();
  t.teardown(() => proxy.cut());
  const { client, recurrence, process, queue, begun, run, logger } = installation(t, server);
  /** Its commands take another way to Redis than its workers do. */
  class TwoWays extends RedisClient {
    override connect(...[purpose]: Parameters<RedisClient['connect']>) {
      return purpose === 'blocking' ? client.connect(purpose) : super.connect(purpose);
    }
  }
  const half = process(systemClock, new TwoWays({ url: proxy.url, prefix: client.prefix, name: 'test', timeoutMilliseconds: 1_000, logger }));
  await Promise.all([client.whenConnected(5_000), half.client.whenConnected(5_000)]);
  await recurrence.set([{ id: 'rare', when: { everyMilliseconds: HOUR } }]);
  const [job] = await queue.getDelayed();
  await proxy.cut();
  await until(() => !half.client.connected);
  await half.recurrence.start(run);
  await job?.promote();
  await until(async () => ((await queue.getJob(job?.id ?? ''))?.attemptsMade ?? 0) > 0);
  t.same(begun, []);
  await proxy.mend();
  await until(() => begun.length > 0);
  t.same(begun, ['rare']);
  t.same(logger.lines.filter(({ level }) => level === 'error'), []);
});

await t.test('a job that another process has ended meanwhile is no fault', async (t) => {
  const { client, recurrence, queue, logger } = installation(t, server);
  await client.whenConnected(5_000);
  await recurrence.set([{ id: 'slow', when: { everyMilliseconds: 200 } }]);
  const runs: string[] = [];
  await recurrence.start(async (id) => {
    runs.push(id);
    if (runs.length > 1) return;
    const [active] = await queue.getActive();
    // What is left of it once a process that took it over has ended it.
    await client.commands.del(queue.toKey(active?.id ?? ''), queue.toKey(`${active?.id}:lock`));
  });
  await until(() => logger.lines.some(({ level, message }) => level === 'warn' && message.startsWith('another process took a job over')));
  await until(() => runs.length >= 3);
  t.same(logger.lines.filter(({ level }) => level === 'error'), []);
});

await t.test('start after close begins nothing', async (t) => {
  const { client, recurrence, process, begun, run } = installation(t, server);
  const other = process();
  await Promise.all([client.whenConnected(5_000), other.client.whenConnected(5_000)]);
  await recurrence.set([{ id: 'a', when: { everyMilliseconds: 200 } }]);
  await recurrence.close();
  await recurrence.start(async () => void begun.push('closed'));
  await other.recurrence.start(run);
  await until(() => begun.length >= 3);
  t.notOk(begun.includes('closed'));
});
