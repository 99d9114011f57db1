import t from 'tap';
import { jobIdFactory, lineOf } from '../../src/jobs/bull/job-id.js';
import { openBullQueue, QUEUE_NAME } from '../../src/jobs/bull/open-queue.js';
import { jobQueueContract } from '../contract/job-queue-contract.js';
import { bullBench, bullHarness, connectedClient } from '../support/jobs-bull.js';
import { ManualHandler } from '../support/jobs-handler.js';
import { startRedis } from '../support/redis-server.js';

const redis = await startRedis(t);

await t.test('contract of JobQueue', (t) => jobQueueContract(t, () => bullHarness(redis), { histories: 5 }));

await t.test('a job that an older release has enqueued tells of no trace', async (t) => {
  const bench = await bullBench(redis.url);
  const line = lineOf({ type: 'retrain', model: 'm', version: 1 });
  const id = jobIdFactory()(1, line);
  const bull = openBullQueue(bench.direct);
  const old = { type: 'retrain', model: 'm', version: 1, trigger: 'manual', requestId: 'mine', createdAt: 1 };
  await bull.add(QUEUE_NAME, old as Parameters<typeof bull.add>[1], { jobId: id, timestamp: 1, deduplication: { id: line } });
  await bull.close();
  const client = await connectedClient(redis.url, bench.prefix);
  const queue = bench.queueOn(client, 3);
  t.match(await queue.get(id), { state: 'waiting', requestId: 'mine', traceParent: null });
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  const run = await manual.run(0);
  t.match(run.job, { id, requestId: 'mine', traceParent: null });
  run.finish();
  t.match(await queue.ended(id), { state: 'completed' });
  await bench.closeQueue(queue, client);
  await bench.close();
});
