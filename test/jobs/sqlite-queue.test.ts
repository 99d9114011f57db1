import t from 'tap';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobQueue } from '../../src/jobs/queue.js';
import type { JobTable } from '../../src/jobs/sqlite/job-table.js';
import { createSqliteJobQueue } from '../../src/jobs/sqlite/sqlite-queue.js';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { jobQueueContract } from '../contract/job-queue-contract.js';
import { newJob } from '../contract/job-queue-harness.js';
import type { JobQueueHarness } from '../contract/job-queue-harness.js';
import { ManualClock, turns } from '../support/manual-clock.js';
import { asyncJobTable, gatedJobTable, temporaryDatabase } from '../support/jobs-database.js';
import type { Gate } from '../support/jobs-database.js';
import { ManualHandler, RESULT } from '../support/jobs-handler.js';
import { recordingLogger } from '../support/recording-logger.js';

const threadUrl = new URL('../../src/entries/sqlite-thread.js', import.meta.url);

/** The adapter as it ships: the table in the SQLite thread. */
async function harness(): Promise<JobQueueHarness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'metaerr-jobs-'));
  const client = await openSqliteClient({ dataDir, threadUrl });
  const clock = new ManualClock();
  const dead = new Set<JobQueue>();
  return {
    clock,
    now: () => clock.now(),
    pass: async () => clock.advance(1_000),
    passRetryPause: async (attempt) => {
      await clock.timerSet();
      clock.advance(5_000 * 2 ** (attempt - 1));
    },
    async open({ maxAttempts = 3 } = {}) {
      const gate: Gate = () => (dead.has(queue) ? new Promise(() => undefined) : Promise.resolve());
      const table = gatedJobTable(client.service<JobTable>('jobs'), gate);
      const queue: JobQueue = createSqliteJobQueue({ table, clock, logger: recordingLogger(), maxAttempts });
      return queue;
    },
    kill(queue) {
      dead.add(queue);
      return Promise.resolve();
    },
    async dispose() {
      await client.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

await t.test('contract of JobQueue', (t) => jobQueueContract(t, harness, { histories: 25 }));

await t.test('the end of a job is stored although the database refused for a while', async (t) => {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  const logger = recordingLogger();
  let full = true;
  const gate: Gate = (method, when) => (full && method === 'finish' && when === 'before' ? Promise.reject(new Error('disk is full')) : Promise.resolve());
  const queue = createSqliteJobQueue({ table: asyncJobTable(db, gate), clock, logger, maxAttempts: 3 });
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  const job = await queue.enqueue(newJob('m'));
  (await manual.run(0)).finish();
  await clock.timerSet();
  t.match(await queue.get(job.id), { state: 'active' });
  t.match(logger.lines, [{ level: 'error', fields: { err: 'disk is full', job: job.id } }]);
  full = false;
  clock.advance(1_000);
  t.match(await queue.ended(job.id), { state: 'completed', result: RESULT });
  t.equal(manual.runs.length, 1);
  await queue.close(0);
  dispose();
});

await t.test('a table that cannot be read is asked again', async (t) => {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  let broken = true;
  const gate: Gate = (method) => (broken && method === 'claim' ? Promise.reject(new Error('database is locked')) : Promise.resolve());
  const queue = createSqliteJobQueue({ table: asyncJobTable(db, gate), clock, logger: recordingLogger(), maxAttempts: 3 });
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  const job = await queue.enqueue(newJob('m'));
  await clock.timerSet();
  broken = false;
  clock.advance(1_000);
  (await manual.run(0)).finish();
  t.match(await queue.ended(job.id), { state: 'completed' });
  await queue.close(0);
  dispose();
});

await t.test('close does not wait for ever for a handler that does not stop', async (t) => {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger: recordingLogger(), maxAttempts: 3 });
  const deaf = new ManualHandler({ deaf: true });
  await queue.start(deaf.handler);
  const job = await queue.enqueue(newJob('m'));
  const run = await deaf.run(0);
  const closing = queue.close(100);
  await clock.timerSet();
  const aborted = new Promise((resolve) => run.context.signal.addEventListener('abort', resolve));
  clock.advance(100);
  await aborted;
  await clock.timerSet();
  clock.advance(60_000);
  await closing;
  const next = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger: recordingLogger(), maxAttempts: 3 });
  t.match(await next.get(job.id), { state: 'waiting' });
  const manual = new ManualHandler();
  await next.start(manual.handler);
  const again = await manual.run(0);
  run.finish();
  await turns(20);
  t.match(await next.get(job.id), { state: 'active' }, 'the late result of the first run does not end the second');
  again.finish();
  t.match(await next.ended(job.id), { state: 'completed' });
  await next.close(0);
  dispose();
});

await t.test('with room for two, jobs of two models run together and those of one model do not', async (t) => {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger: recordingLogger(), maxAttempts: 3, concurrency: 2 });
  const manual = new ManualHandler();
  await queue.start(manual.handler);
  const first = await queue.enqueue(newJob('a'));
  await manual.run(0);
  const otherVersion = await queue.enqueue(newJob('a', 2));
  await queue.enqueue(newJob('b'));
  t.equal((await manual.run(1)).job.model, 'b');
  t.match(await queue.depth(), { active: 2, waiting: 1 });
  (await manual.run(1)).finish();
  await queue.depth();
  t.match(await queue.get(otherVersion.id), { state: 'waiting' });
  (await manual.run(0)).finish();
  await queue.ended(first.id);
  t.equal((await manual.run(2)).job.id, otherVersion.id);
  await queue.close(0);
  dispose();
});

await t.test('law 5: a job cancelled while the answer of its claim is on the way is aborted', async (t) => {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  let arrive: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (arrive = resolve));
  const gate: Gate = (method, when) => (method === 'claim' && when === 'after' ? held : Promise.resolve());
  const queue = createSqliteJobQueue({ table: asyncJobTable(db, gate), clock, logger: recordingLogger(), maxAttempts: 3 });
  const manual = new ManualHandler();
  const job = await queue.enqueue(newJob('m'));
  await queue.start(manual.handler);
  await turns(10);
  t.match(await queue.get(job.id), { state: 'active' }, 'active in the table, unknown to the runner');
  const cancelling = queue.cancel(job.id);
  await turns(10);
  arrive();
  t.match(await cancelling, { state: 'cancelled' });
  t.equal((await manual.run(0)).context.signal.aborted, true);
  await queue.close(0);
  dispose();
});
