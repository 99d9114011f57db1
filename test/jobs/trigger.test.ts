import t from 'tap';
import type { Test } from 'tap';
import { createTrainingMarkTable } from '../../src/jobs/sqlite/training-mark-table.js';
import { createSqliteJobQueue } from '../../src/jobs/sqlite/sqlite-queue.js';
import { labelsNeeded } from '../../src/jobs/labels-needed.js';
import { createRetrainingTrigger } from '../../src/jobs/trigger.js';
import type { TriggerOptions } from '../../src/jobs/trigger.js';
import { createDirectLedger, inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { ManualClock } from '../support/manual-clock.js';
import { asyncJobTable, temporaryDatabase } from '../support/jobs-database.js';
import { ManualHandler } from '../support/jobs-handler.js';
import { recordingLogger } from '../support/recording-logger.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY, labelItem, newId, reply } from '../support/jobs-predictions.js';

type Policy = Parameters<typeof loadedModel>[0];

function open(t: Test, model: Policy = {}, change: (options: TriggerOptions) => TriggerOptions = (options) => options) {
  const { db, dispose } = temporaryDatabase();
  const clock = new ManualClock();
  const logger = recordingLogger();
  const ledger = createDirectLedger(db);
  const marks = inThisThread(createTrainingMarkTable(db));
  const catalogue = catalogueOf([loadedModel(model)]);
  const manual = new ManualHandler();
  const start = () => {
    const queue = createSqliteJobQueue({ table: asyncJobTable(db), clock, logger, maxAttempts: 3 });
    const trigger = createRetrainingTrigger(change({ ledger, marks, queue, catalogue, clock, logger }));
    return { queue, trigger };
  };
  const first = start();
  t.teardown(async () => {
    await first.trigger.close();
    dispose();
  });
  /** Labels so many new rows in the ledger and tells a trigger. */
  const label = async (count: number, trigger = first.trigger) => {
    const id = newId('m', clock.now());
    await ledger.append(reply(id, clock.now(), count));
    const items = Array.from({ length: count }, (_, row) => labelItem(id, row, 'a', clock.now()));
    trigger.labelsChanged((await ledger.record(items)).changes);
  };
  /** Lets everything that was begun come to rest: a read of the queue's table is behind all reads before it. */
  const rest = async () => {
    for (let i = 0; i < 20; i++) await first.queue.depth();
  };
  return { ...first, clock, logger, ledger, marks, manual, start, label, rest };
}

await t.test('how many new labels start a retraining', (t) => {
  const policy = loadedModel({ retraining: { new_ground_truths: 100, growth: 0.25 } }).config.retraining;
  t.equal(labelsNeeded(policy, null), 100);
  t.equal(labelsNeeded(policy, { labelSequence: 5_000, rows: 200 }), 100);
  t.equal(labelsNeeded(policy, { labelSequence: 5_000, rows: 1_001 }), 251);
  t.equal(labelsNeeded({ ...policy, new_ground_truths: 0, growth: 0 }, null), 1, 'never without a new label');
  t.end();
});

await t.test('fires at the number of the policy, once', async (t) => {
  const { label, rest, queue, manual } = open(t);
  await label(9);
  await rest();
  t.match(await queue.depth(), { waiting: 0 });
  await label(1);
  await queue.start(manual.handler);
  const run = await manual.run(0);
  t.match(run.job, { model: 'm', version: 1, trigger: 'ground_truths' });
  await label(3);
  await rest();
  t.match(await queue.depth(), { waiting: 0, active: 1 }, 'labels during a training fire none');
  await queue.close(0);
});

await t.test('counts from the mark of the last training, in labels and in growth', async (t) => {
  const { label, rest, queue, marks, manual } = open(t);
  await queue.start(manual.handler);
  await label(30);
  const run = await manual.run(0);
  await marks.setTrainingMark(KEY, { labelSequence: 30, rows: 30 });
  run.finish();
  await queue.ended(run.job.id);
  await label(14);
  await rest();
  t.equal(manual.runs.length, 1, 'half of 30 rows are 15');
  await label(1);
  const second = await manual.run(1);
  await label(40);
  await marks.setTrainingMark(KEY, { labelSequence: 45, rows: 45 });
  second.finish();
  t.match(await manual.run(2), { job: { trigger: 'ground_truths' } }, 'labels that came while it trained are looked at after it');
  await queue.close(0);
});

await t.test('a job that ends without a mark does not fire again for the same labels', async (t) => {
  const { label, rest, queue, marks, manual } = open(t);
  await label(10);
  await rest();
  const waiting = await queue.enqueue({ type: 'retrain', model: 'm', version: 1, trigger: 'manual', requestId: null, traceParent: null });
  t.equal(waiting.trigger, 'ground_truths', 'it waits');
  await queue.cancel(waiting.id);
  await rest();
  t.same(await marks.trainingMark(KEY), { labelSequence: 10, rows: 0 });
  await label(9);
  await rest();
  t.match(await queue.depth(), { waiting: 0 });
  await label(1);
  await queue.start(manual.handler);
  await manual.run(0);
  await queue.close(0);
});

await t.test('a retraining by hand counts too', async (t) => {
  const { label, rest, queue, marks } = open(t);
  await label(9);
  await rest();
  await marks.setTrainingMark(KEY, { labelSequence: 9, rows: 9 });
  await label(5);
  await rest();
  t.match(await queue.depth(), { waiting: 0 }, '5 new labels, though 14 were counted');
  await label(5);
  await rest();
  t.match(await queue.depth(), { waiting: 1 });
  await queue.close(0);
});

await t.test('after a restart: what is due fires, what was trained does not', async (t) => {
  const { label, rest, queue, trigger, start, marks } = open(t);
  await trigger.close();
  await label(12);
  await rest();
  t.match(await queue.depth(), { waiting: 0 }, 'a closed trigger fires nothing');

  const second = start();
  second.trigger.start();
  await rest();
  t.match(await queue.depth(), { waiting: 1 });
  await second.trigger.close();
  await queue.cancel((await queue.enqueue({ type: 'retrain', model: 'm', version: 1, trigger: 'manual', requestId: null, traceParent: null })).id);

  await marks.setTrainingMark(KEY, { labelSequence: 12, rows: 12 });
  const third = start();
  third.trigger.start();
  await rest();
  await label(9, third.trigger);
  await rest();
  t.match(await queue.depth(), { waiting: 0 });
  await label(1, third.trigger);
  await rest();
  t.match(await queue.depth(), { waiting: 1 });
  await third.trigger.close();
  await queue.close(0);
});

await t.test('nothing fires where retraining is by hand only, or another file is loaded', async (t) => {
  for (const model of [{ retraining: { automatic: false } }, { key: { digest: 'another' } }]) {
    const { label, rest, queue } = open(t, model);
    await label(50);
    await rest();
    t.match(await queue.depth(), { waiting: 0 });
    await queue.close(0);
  }
});

await t.test('a store that refuses is asked again after a pause, and not for each label', async (t) => {
  let broken = true;
  let asked = 0;
  const flaky = (options: TriggerOptions): TriggerOptions => ({
    ...options,
    ledger: {
      labelSequence(key) {
        asked += 1;
        return broken ? Promise.reject(new Error('disk is full')) : options.ledger.labelSequence(key);
      },
    },
  });
  const { label, rest, queue, logger, clock } = open(t, {}, flaky);
  await label(10);
  await rest();
  t.match(logger.lines, [{ level: 'warn', fields: { err: 'disk is full', model: 'm' } }]);
  await label(1);
  await rest();
  t.equal(asked, 1);
  broken = false;
  await clock.timerSet();
  clock.advance(5_000);
  await rest();
  t.match(await queue.depth(), { waiting: 1 });
  await queue.close(0);
});

await t.test('of several servers with one ledger, each sees when it is time, whoever took the labels; the queue makes one job of it', async (t) => {
  const { ledger, clock, trigger, start, queue, rest } = open(t);
  const other = start();
  t.teardown(() => other.trigger.close());
  const take = async (count: number, at: typeof trigger) => {
    const id = newId('m', clock.now());
    await ledger.append(reply(id, clock.now(), count));
    const { changes } = await ledger.record(Array.from({ length: count }, (_, row) => labelItem(id, row, 'a', clock.now())));
    at.labelsChanged(changes);
    await rest();
  };
  await take(6, trigger);
  t.match(await queue.depth(), { waiting: 0 });
  await take(4, other.trigger);
  t.match(await queue.depth(), { waiting: 1 }, 'four of its own and six of the other');
  await take(1, trigger);
  t.match(await queue.depth(), { waiting: 1, active: 0 });
  await queue.close(0);
  await other.queue.close(0);
});
