import type { Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { ManualHandler, RESULT } from '../support/jobs-handler.js';
import { jobWhen, newJob } from './job-queue-harness.js';
import type { HarnessFactory } from './job-queue-harness.js';

/** A failure that may pass; the pause that it asks for is shorter than the first one of every adapter. */
const passing = (message: string) => new MetaErrError('LEDGER_UNAVAILABLE', message, { retryAfterSeconds: 0.001 });

export async function retryLaws(t: Test, create: HarnessFactory): Promise<void> {
  await t.test('law 7: a failure that can be tried again waits, is tried again, and the job can end well', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m', 1, 'manual', 'request-1'));
    const ended = queue.ended(job.id);
    (await manual.run(0)).fail(passing('the disk is full'));
    const waiting = await jobWhen(queue, job.id, ({ state }) => state === 'waiting');
    t.match(waiting, { error: 'the disk is full', startedAt: null, endedAt: null });
    t.equal((await queue.enqueue(newJob('m'))).id, job.id, 'enqueue returns it');
    t.match(await queue.depth(), { waiting: 1, active: 0, oldestWaiting: job.createdAt });
    await harness.passRetryPause(1);
    const again = await manual.run(1);
    t.match(again.job, { id: job.id, state: 'active', requestId: 'request-1' });
    again.finish();
    t.match(await ended, { state: 'completed', result: RESULT, error: null });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 7: at most maxAttempts times in all, then failed with the last error', async (t) => {
    const harness = await create();
    const queue = await harness.open({ maxAttempts: 3 });
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m'));
    for (let attempt = 1; attempt <= 3; attempt++) {
      (await manual.run(attempt - 1)).fail(passing(`failure ${attempt}`));
      if (attempt < 3) await jobWhen(queue, job.id, ({ state }) => state === 'waiting');
      if (attempt < 3) await harness.passRetryPause(attempt);
    }
    t.match(await queue.ended(job.id), { state: 'failed', error: 'failure 3', result: null });
    t.equal(manual.runs.length, 3);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('laws 4 and 7: deaths and failures count together', async (t) => {
    const harness = await create();
    const dying = await harness.open({ maxAttempts: 2 });
    const before = new ManualHandler();
    await dying.start(before.handler);
    const job = await dying.enqueue(newJob('m'));
    await before.run(0);
    await harness.kill(dying);
    const queue = await harness.open({ maxAttempts: 2 });
    const after = new ManualHandler();
    await queue.start(after.handler);
    (await after.run(0)).fail(passing('busy'));
    t.match(await queue.ended(job.id), { state: 'failed', error: 'busy' });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('laws 5 and 7: a job can be cancelled during its pause', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m'));
    (await manual.run(0)).fail(passing('busy'));
    await jobWhen(queue, job.id, ({ state }) => state === 'waiting');
    t.match(await queue.cancel(job.id), { id: job.id, state: 'cancelled', error: null, startedAt: null });
    await t.rejects(queue.cancel(job.id), { code: 'JOB_NOT_CANCELLABLE' });
    const next = await queue.enqueue(newJob('m'));
    t.equal((await manual.run(1)).job.id, next.id);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('laws 1 and 7: a failed job with another one waiting is tried again before it', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const first = await queue.enqueue(newJob('m'));
    const run = await manual.run(0);
    const second = await queue.enqueue(newJob('m'));
    run.fail(passing('busy'));
    await jobWhen(queue, first.id, ({ error }) => error === 'busy');
    t.match(await queue.get(first.id), { state: 'active' }, 'one waits at most, and that is the second');
    t.same(await queue.enqueue(newJob('m')), second);
    t.same(await queue.depth(), { waiting: 1, active: 1, oldestWaiting: second.createdAt });
    await harness.passRetryPause(1);
    for (const [i, id] of [first.id, second.id].entries()) {
      const next = await manual.run(i + 1);
      t.equal(next.job.id, id);
      next.finish();
      t.match(await queue.ended(id), { state: 'completed' });
    }
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('laws 5 and 7: a failed job with another one waiting is cancelled, and the other one runs', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const first = await queue.enqueue(newJob('m'));
    const run = await manual.run(0);
    const second = await queue.enqueue(newJob('m'));
    run.fail(passing('busy'));
    await jobWhen(queue, first.id, ({ error }) => error === 'busy');
    t.match(await queue.cancel(first.id), { state: 'cancelled' });
    t.equal((await manual.run(1)).job.id, second.id);
    (await manual.run(1)).finish();
    t.match(await queue.ended(second.id), { state: 'completed' });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 7: the pause goes on in the next process', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m'));
    (await manual.run(0)).fail(passing('busy'));
    await jobWhen(queue, job.id, ({ state }) => state === 'waiting');
    await queue.close(0);
    const next = await harness.open();
    const after = new ManualHandler();
    await next.start(after.handler);
    await harness.passRetryPause(1);
    t.equal((await after.run(0)).job.id, job.id);
    (await after.run(0)).finish();
    t.match(await next.ended(job.id), { state: 'completed', error: null });
    await next.close(0);
    await harness.dispose();
  });

  await t.test('law 7: another failure ends the job', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m'));
    (await manual.run(0)).fail(new MetaErrError('INTERNAL', 'a defect'));
    t.match(await queue.ended(job.id), { state: 'failed', error: 'a defect' });
    await queue.close(0);
    await harness.dispose();
  });
}
