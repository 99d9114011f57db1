import type { Test } from 'tap';
import { ManualHandler } from '../support/jobs-handler.js';
import { newJob } from './job-queue-harness.js';
import type { HarnessFactory } from './job-queue-harness.js';

export async function restartLaws(t: Test, create: HarnessFactory): Promise<void> {
  await t.test('law 4: a job that was active when the process died runs again', async (t) => {
    const harness = await create();
    const dying = await harness.open();
    const before = new ManualHandler();
    await dying.start(before.handler);
    const job = await dying.enqueue(newJob('m'));
    await before.run(0);
    const waiting = await dying.enqueue(newJob('m'));
    await harness.kill(dying);
    (await before.run(0)).finish();

    const queue = await harness.open();
    const after = new ManualHandler();
    await queue.start(after.handler);
    const again = await after.run(0);
    t.equal(again.job.id, job.id);
    t.equal(again.context.signal.aborted, false);
    again.finish();
    t.match(await queue.ended(job.id), { state: 'completed' });
    (await after.run(1)).finish();
    t.match(await queue.ended(waiting.id), { state: 'completed' });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 4: not more than maxAttempts times', async (t) => {
    const harness = await create();
    let id = '';
    for (let attempt = 0; attempt < 2; attempt++) {
      const dying = await harness.open({ maxAttempts: 2 });
      const manual = new ManualHandler();
      if (attempt === 0) id = (await dying.enqueue(newJob('m'))).id;
      await dying.start(manual.handler);
      t.equal((await manual.run(0)).job.id, id);
      await harness.kill(dying);
    }
    const queue = await harness.open({ maxAttempts: 2 });
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    t.match(await queue.ended(id), { state: 'failed', error: /2 times/ });
    const next = await queue.enqueue(newJob('m'));
    t.equal((await manual.run(0)).job.id, next.id, 'the failed one did not run again');
    (await manual.run(0)).finish();
    await queue.ended(next.id);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 5: a job of a process that died can be cancelled before it runs again', async (t) => {
    const harness = await create();
    const dying = await harness.open();
    const manual = new ManualHandler();
    await dying.start(manual.handler);
    const job = await dying.enqueue(newJob('m'));
    await manual.run(0);
    await harness.kill(dying);
    const queue = await harness.open();
    t.match(await queue.cancel(job.id), { state: 'cancelled' });
    const after = new ManualHandler();
    await queue.start(after.handler);
    const next = await queue.enqueue(newJob('m'));
    t.equal((await after.run(0)).job.id, next.id);
    (await after.run(0)).finish();
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 6: close gives the running job its time and begins no other', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const job = await queue.enqueue(newJob('m'));
    const run = await manual.run(0);
    const waiting = await queue.enqueue(newJob('m'));
    const ended = queue.ended(job.id);
    const never = t.rejects(queue.ended(waiting.id), { code: 'SHUTTING_DOWN' });
    const closing = queue.close(60_000);
    await t.rejects(queue.enqueue(newJob('other')), { code: 'SHUTTING_DOWN' });
    run.finish();
    t.match(await ended, { state: 'completed' });
    await closing;
    await never;
    t.equal(manual.runs.length, 1);
    const next = await harness.open();
    t.match(await next.get(waiting.id), { state: 'waiting' });
    await next.close(0);
    await harness.dispose();
  });

  await t.test('law 6: at the deadline the running job goes back to waiting, and an attempt is not lost', async (t) => {
    const harness = await create();
    const maxAttempts = 2;
    let id = '';
    for (let round = 0; round < 3; round++) {
      const queue = await harness.open({ maxAttempts });
      const manual = new ManualHandler();
      await queue.start(manual.handler);
      if (round === 0) id = (await queue.enqueue(newJob('m'))).id;
      const run = await manual.run(0);
      t.equal(run.job.id, id);
      const closing = queue.close(5_000);
      await harness.clock.timerSet();
      t.equal(run.context.signal.aborted, false);
      harness.clock.advance(5_000);
      await closing;
      t.equal(run.context.signal.aborted, true);
      const look = await harness.open();
      t.match(await look.get(id), { state: 'waiting', startedAt: null, endedAt: null });
      await look.close(0);
    }
    const dying = await harness.open({ maxAttempts });
    const manual = new ManualHandler();
    await dying.start(manual.handler);
    await manual.run(0);
    await harness.kill(dying);
    const queue = await harness.open({ maxAttempts });
    const last = new ManualHandler();
    await queue.start(last.handler);
    t.equal((await last.run(0)).job.id, id, 'one death after three interruptions is the first lost attempt');
    (await last.run(0)).finish();
    await queue.ended(id);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('laws 1 and 6: an interrupted job with another one waiting runs again before it', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const first = await queue.enqueue(newJob('m'));
    await manual.run(0);
    const second = await queue.enqueue(newJob('m'));
    const closing = queue.close(10);
    await harness.clock.timerSet();
    harness.clock.advance(10);
    await closing;

    const next = await harness.open();
    t.match(await next.depth(), { waiting: 1 }, 'at most one waits');
    const after = new ManualHandler();
    await next.start(after.handler);
    for (const [i, id] of [first.id, second.id].entries()) {
      const run = await after.run(i);
      t.equal(run.job.id, id);
      run.finish();
      t.match(await next.ended(id), { state: 'completed' });
    }
    await next.close(0);
    await harness.dispose();
  });
}
