import type { Test } from 'tap';
import { ManualHandler, RESULT } from '../support/jobs-handler.js';
import { newJob, stamped } from './job-queue-harness.js';
import type { HarnessFactory } from './job-queue-harness.js';

export async function endLaws(t: Test, create: HarnessFactory): Promise<void> {
  await t.test('law 3: completed, failed and cancelled', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);

    const completed = await queue.enqueue(newJob('m'));
    const run = await manual.run(0);
    t.equal(run.job.state, 'active');
    run.context.progress({ step: 'reading', done: 1, total: 4 });
    t.match(await queue.get(completed.id), { state: 'active', progress: { step: 'reading', done: 1, total: 4 } });
    await harness.pass();
    const from = harness.now();
    run.finish();
    const ended = await queue.ended(completed.id);
    t.match(ended, { state: 'completed', result: RESULT, error: null, startedAt: Number, progress: { step: 'reading', done: 1, total: 4 } });
    stamped(t, harness, ended.endedAt, from, 'endedAt');
    t.same(await queue.get(completed.id), ended);

    const failed = await queue.enqueue(newJob('m'));
    (await manual.run(1)).fail(new Error('out of memory'));
    t.match(await queue.ended(failed.id), { state: 'failed', result: null, error: 'out of memory' });

    const cancelled = await queue.enqueue(newJob('m'));
    const aborted = await manual.run(2);
    const before = harness.now();
    const cancellation = await queue.cancel(cancelled.id);
    t.match(cancellation, { state: 'cancelled', result: null, error: null });
    stamped(t, harness, cancellation.endedAt, before, 'endedAt');
    t.ok(aborted.context.signal.aborted);
    t.equal(manual.runs.length, 3, 'no job ran twice');
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 3: an aborted handler ends as cancelled, also when it returned a result', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const deaf = new ManualHandler({ deaf: true });
    await queue.start(deaf.handler);
    const job = await queue.enqueue(newJob('m'));
    const run = await deaf.run(0);
    const cancelling = queue.cancel(job.id);
    run.context.signal.addEventListener('abort', () => run.finish());
    if (run.context.signal.aborted) run.finish();
    t.match(await cancelling, { state: 'cancelled', result: RESULT }, 'what was done is told');
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 5: cancel of a waiting job, of an ended one and of an unknown one', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    const first = await queue.enqueue(newJob('m'));
    const ended = queue.ended(first.id);
    t.match(await queue.cancel(first.id), { id: first.id, state: 'cancelled', startedAt: null });
    t.match(await ended, { state: 'cancelled' });
    const second = await queue.enqueue(newJob('m'));
    t.not(second.id, first.id, 'a cancelled job does not wait any more');
    await queue.start(manual.handler);
    (await manual.run(0)).finish();
    await queue.ended(second.id);
    for (const id of [first.id, second.id]) await t.rejects(queue.cancel(id), { code: 'JOB_NOT_CANCELLABLE' });
    for (const unknown of ['job_none', 'job_\0', '\ud800']) {
      t.equal(await queue.get(unknown), null, JSON.stringify(unknown));
      await t.rejects(queue.cancel(unknown), { code: 'JOB_NOT_FOUND' });
      await t.rejects(queue.ended(unknown), { code: 'JOB_NOT_FOUND' });
    }
    t.equal(await queue.get('job_none'), null);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 5: cancel at the moment when a job is taken', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    const job = await queue.enqueue(newJob('m'));
    const [cancelled] = await Promise.all([queue.cancel(job.id), queue.start(manual.handler)]);
    t.equal(cancelled.state, 'cancelled');
    const next = await queue.enqueue(newJob('m'));
    const [also] = await Promise.all([queue.cancel(next.id)]);
    t.equal(also.state, 'cancelled');
    t.match(await queue.depth(), { waiting: 0, active: 0 });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('ended jobs are pruned by the time of their end', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const old = await queue.enqueue(newJob('a'));
    await queue.cancel(old.id);
    await harness.pass();
    const between = harness.now();
    const young = await queue.enqueue(newJob('b'));
    await queue.cancel(young.id);
    const waiting = await queue.enqueue(newJob('c'));
    t.equal(await queue.prune(between), 1);
    t.equal(await queue.get(old.id), null);
    t.match(await queue.get(young.id), { state: 'cancelled' });
    await harness.pass();
    t.equal(await queue.prune(harness.now()), 1);
    t.equal(await queue.get(young.id), null);
    t.match(await queue.get(waiting.id), { state: 'waiting' });
    await queue.close(0);
    await harness.dispose();
  });
}
