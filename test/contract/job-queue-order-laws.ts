import type { Test } from 'tap';
import { ManualHandler, RESULT } from '../support/jobs-handler.js';
import { newJob, stamped } from './job-queue-harness.js';
import type { HarnessFactory } from './job-queue-harness.js';

export async function orderLaws(t: Test, create: HarnessFactory): Promise<void> {
  await t.test('law 1: one waiting job per type, model and version', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const from = harness.now();
    const first = await queue.enqueue(newJob('m', 1, 'ground_truths', 'request-1'));
    t.match(first, { type: 'retrain', model: 'm', version: 1, state: 'waiting', trigger: 'ground_truths', requestId: 'request-1' });
    t.match(first, { progress: null, result: null, error: null, startedAt: null, endedAt: null });
    stamped(t, harness, first.createdAt, from, 'createdAt');
    t.same(await queue.get(first.id), first);
    const again = await Promise.all([queue.enqueue(newJob('m')), queue.enqueue(newJob('m')), queue.enqueue(newJob('m'))]);
    t.same(again, [first, first, first], 'the waiting one is returned, also to calls at the same time');
    t.not((await queue.enqueue(newJob('m', 2))).id, first.id, 'another version has its own');
    t.not((await queue.enqueue(newJob('other'))).id, first.id, 'another model has its own');
    t.same(await queue.depth(), { waiting: 3, active: 0, oldestWaiting: first.createdAt });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 1: one active job per model; a second one waits', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    const from = harness.now();
    const active = await queue.enqueue(newJob('m'));
    const run = await manual.run(0);
    await harness.pass();
    const waiting = await queue.enqueue(newJob('m', 1, 'schedule', 'request-2'));
    t.not(waiting.id, active.id);
    t.match(waiting, { state: 'waiting', trigger: 'schedule', requestId: 'request-2', startedAt: null });
    t.same(await queue.enqueue(newJob('m', 1, 'manual', 'request-3')), waiting);
    t.same(await queue.get(waiting.id), waiting);
    const begun = await queue.get(active.id);
    t.match(begun, { state: 'active', endedAt: null });
    stamped(t, harness, begun?.startedAt ?? null, from, 'startedAt');
    t.same(await queue.depth(), { waiting: 1, active: 1, oldestWaiting: waiting.createdAt });
    t.equal(manual.runs.length, 1);
    run.finish();
    await queue.ended(active.id);
    t.match((await manual.run(1)).job, { ...waiting, state: 'active', startedAt: Number });
    (await manual.run(1)).finish();
    t.match(await queue.ended(waiting.id), { createdAt: waiting.createdAt, trigger: 'schedule', requestId: 'request-2' });
    t.same(await queue.depth(), { waiting: 0, active: 0, oldestWaiting: null });
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 8: jobs that have not ended come first, each part from the newest', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const manual = new ManualHandler();
    const enqueue = async (model: string) => {
      await harness.pass();
      return (await queue.enqueue(newJob(model))).id;
    };
    await queue.start(manual.handler);
    t.same(await queue.list({ model: null, limit: 10 }), []);
    const failed = await enqueue('m');
    (await manual.run(0)).fail(new Error('no'));
    await queue.ended(failed);
    const completed = await enqueue('m');
    (await manual.run(1)).finish();
    await queue.ended(completed);
    const active = await enqueue('m');
    const run = await manual.run(2);
    run.context.progress({ step: 'reading', done: 1, total: 3 });
    const waiting = await enqueue('m');
    const names = async (model: string | null, limit = 10) => (await queue.list({ model, limit })).map(({ id, state }) => [id, state]);
    const mine = [[waiting, 'waiting'], [active, 'active'], [completed, 'completed'], [failed, 'failed']];
    t.same(await names('m'), mine);
    t.same(await names(null), mine);
    t.same(await names('m', 3), mine.slice(0, 3));
    t.same(await names('other'), []);
    const [first, second, third] = await queue.list({ model: 'm', limit: 3 });
    t.match([first, second, third], [{ progress: null }, { progress: { step: 'reading', done: 1, total: 3 } }, { result: RESULT }]);
    t.same(third, await queue.get(completed));
    await queue.cancel(waiting);
    t.same(await names('m', 2), [[active, 'active'], [waiting, 'cancelled']]);
    run.finish();
    await queue.ended(active);
    t.same(await names('m'), [[waiting, 'cancelled'], [active, 'completed'], [completed, 'completed'], [failed, 'failed']]);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('law 2: a job starts after the active one of its model has ended', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const order: string[] = [];
    const manual = new ManualHandler();
    await queue.start(async (job, context) => {
      order.push(`begin ${job.id}`);
      const result = await manual.handler(job, context);
      order.push(`end ${job.id}`);
      return result;
    });
    const first = await queue.enqueue(newJob('m'));
    await manual.run(0);
    const second = await queue.enqueue(newJob('m'));
    (await manual.run(0)).finish();
    (await manual.run(1)).finish();
    t.match(await queue.ended(second.id), { state: 'completed', result: RESULT });
    t.same(order, [`begin ${first.id}`, `end ${first.id}`, `begin ${second.id}`, `end ${second.id}`]);
    await queue.close(0);
    await harness.dispose();
  });

  await t.test('jobs of different models run in the order of their creation', async (t) => {
    const harness = await create();
    const queue = await harness.open();
    const ids: string[] = [];
    for (const model of ['c', 'a', 'b']) {
      ids.push((await queue.enqueue(newJob(model))).id);
      await harness.pass();
    }
    const manual = new ManualHandler();
    await queue.start(manual.handler);
    for (let i = 0; i < 3; i++) (await manual.run(i)).finish();
    await Promise.all(ids.map((id) => queue.ended(id)));
    t.same(manual.runs.map((run) => run.job.model), ['c', 'a', 'b']);
    await queue.close(0);
    await harness.dispose();
  });
}
