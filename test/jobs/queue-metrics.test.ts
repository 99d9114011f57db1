import t from 'tap';
import { createMetrics, type Metrics } from '../../src/core/metrics.js';
import { observeQueue } from '../../src/jobs/queue-metrics.js';
import type { QueueDepth } from '../../src/jobs/queue.js';
import { ManualClock } from '../support/manual-clock.js';

const NOW = 1_800_000_000_000;

function start(redis = true) {
  const metrics = createMetrics();
  const clock = new ManualClock(NOW);
  const queue = { depth: (): Promise<QueueDepth> => Promise.resolve({ waiting: 0, active: 0, oldestWaiting: null }) };
  observeQueue({ queue, metrics, clock, redis });
  return { metrics, clock, queue };
}

/** The lines of the metrics that are asked for at the scrape. */
async function scrape({ registry }: Metrics): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => /^metaerr_(jobs|oldest_waiting|redis_up)/.test(line));
}

t.test('depth and age are those of the moment of the scrape', async (t) => {
  const { metrics, queue } = start();
  t.same(await scrape(metrics), ['metaerr_jobs{state="waiting"} 0', 'metaerr_jobs{state="active"} 0', 'metaerr_oldest_waiting_job_seconds 0', 'metaerr_redis_up 1']);
  queue.depth = () => Promise.resolve({ waiting: 3, active: 1, oldestWaiting: NOW - 90_000 });
  t.same(await scrape(metrics), ['metaerr_jobs{state="waiting"} 3', 'metaerr_jobs{state="active"} 1', 'metaerr_oldest_waiting_job_seconds 90', 'metaerr_redis_up 1']);
  queue.depth = () => Promise.resolve({ waiting: 1, active: 0, oldestWaiting: NOW + 3_600_000 });
  t.ok((await scrape(metrics)).includes('metaerr_oldest_waiting_job_seconds 0'), 'the clock of another host was ahead');
});

t.test('a store that fails, or does not answer in time, has no depth; it has one again when it is back', async (t) => {
  const { metrics, clock, queue } = start();
  const there = queue.depth;
  await scrape(metrics);
  queue.depth = () => Promise.reject(new Error('away'));
  t.same(await scrape(metrics), ['metaerr_redis_up 0']);
  queue.depth = there;
  t.equal((await scrape(metrics)).length, 4);

  let asked = 0;
  queue.depth = () => {
    asked += 1;
    return new Promise(() => undefined);
  };
  const hanging = Promise.all([scrape(metrics), scrape(metrics)]);
  await new Promise(setImmediate);
  clock.advance(1_000);
  t.same(await hanging, [['metaerr_redis_up 0'], ['metaerr_redis_up 0']]);
  t.equal(asked, 1, 'scrapes at the same time ask once');
  queue.depth = there;
  t.equal((await scrape(metrics)).length, 4);
});

t.test('the embedded mode has no Redis that could be down', async (t) => {
  const { metrics, queue } = start(false);
  queue.depth = () => Promise.reject(new Error('disk'));
  t.same(await scrape(metrics), []);
});

t.test('metrics without a queue, and two systems in one process', async (t) => {
  const [one, other] = [start(), createMetrics()];
  t.equal((await scrape(one.metrics)).length, 4);
  t.same(await scrape(other), [], 'nothing is said that is not known');
});
