import t from 'tap';
import { challenger } from '../support/jobs-challenger.js';
import { KEY } from '../support/jobs-predictions.js';
import { labelFree, openRetraining, WANTED } from '../support/jobs-retraining.js';

await t.test('only rows that are old enough are trained on, where the model says so', async (t) => {
  const { run, label, tasks, clock } = openRetraining(t, { retraining: { label_maturity_seconds: 60 } });
  await label(1);
  await run(async () => challenger('keep', 'no'));
  t.equal(tasks[0]?.until, clock.now() - 2_000 - 60_000, 'the training itself takes two seconds');
  t.equal(tasks[0]?.startedAt, clock.now() - 2_000);
  const other = openRetraining(t);
  await other.label(1);
  await other.run(async () => challenger('keep', 'no'));
  t.equal(other.tasks[0]?.until, null);
});

await t.test('a schedule says which labels wait to be old enough, and trains when they are', async (t) => {
  const { run, label, tasks, clock, marks } = openRetraining(t, { retraining: { label_maturity_seconds: 60 } });
  const start = clock.now();
  // As the training process tells it.
  const train = async () => {
    const { training, ...rest } = challenger('keep', 'trained', 30);
    return { ...rest, training: { ...training, until: tasks.at(-1)?.until ?? NaN } };
  };
  const at = (seconds: number) => new Date(start + 1_000 * seconds).toISOString();
  await label(30);
  clock.advance(10_000);
  await label(2);
  const waiting = (rows: number) => `, and ${rows} labelled predictions are not old enough to count (retraining.label_maturity_seconds): the first will be at ${at(60)}, the last at ${at(70)}`;
  t.match(await run(train, 'schedule'), { reason: `too few labels: 0 labelled rows are old enough, at least 20 are needed${waiting(32)}` });
  clock.advance(50_001);
  t.match(await run(train, 'schedule'), { reason: 'trained' }, 'the first are old enough');
  t.match(await run(train, 'schedule'), { reason: /^nothing new: .*, and 2 labelled predictions are not old enough/ }, 'and were learnt from once');
  t.match(await run(train, 'ground_truths'), { reason: 'nothing new: no ground truth has come since the last training' });
  clock.advance(10_000);
  t.match(await run(train, 'schedule'), { reason: 'trained' });
  t.match(await run(train, 'schedule'), { reason: 'nothing new: no ground truth has come since the last training' });
  t.equal(tasks.length, 2);
  t.match(await marks.trainingMark(KEY), { labelSequence: 32 });
});

await t.test('a schedule trains once on labels of which too few tell anything, however long they have been old enough', async (t) => {
  const { run, label, tasks, clock, marks } = openRetraining(t, { retraining: { label_maturity_seconds: 60 } });
  const train = (rows: number) => async () => challenger('too_few', `all ${rows} labelled rows are failures`, rows);
  await label(5);
  t.match(await run(train(0), 'ground_truths'), { reason: /^nothing new: 5 ground truths have come/ });
  await run(train(0));
  t.match(await marks.trainingMark(KEY), { labelSequence: 5, rows: 0 }, 'by hand, before any is old enough');
  clock.advance(60_000);
  t.match(await run(train(5), 'schedule'), { reason: /^nothing new/ }, 'five are too few');
  await label(25);
  await run(train(5));
  t.match(await run(train(5), 'schedule'), { reason: /^nothing new: .*, and 25 labelled predictions are not old enough/ });
  clock.advance(60_000);
  t.match(await run(train(30), 'schedule'), { reason: 'all 30 labelled rows are failures' });
  t.match(await run(train(30), 'schedule'), { reason: 'nothing new: no ground truth has come since the last training' });
  t.equal(tasks.length, 3);
  t.match(await marks.trainingMark(KEY), { labelSequence: 30, rows: 30 });
});

await t.test('a label-free meta-model has learnt from no label, so the schedule does not count what it left behind', async (t) => {
  const { run, label, predict, tasks, clock, registry } = openRetraining(t, { retraining: { ...WANTED, label_maturity_seconds: 60 } });
  await label(5);
  await predict(200);
  const train = async () => {
    const { training, ...rest } = labelFree('by consensus', 200);
    return { ...challenger('too_few', 'too few', 0), labelFree: { ...rest, training: { ...training, until: tasks.at(-1)?.until ?? NaN } } };
  };
  t.match(await run(train, 'schedule'), { reason: /; too few$/ }, 'predictions alone are a reason');
  t.match(await registry.list('m'), [{ state: 'champion', training: { rows: 0 } }]);
  clock.advance(60_000);
  t.match(await run(train, 'schedule'), { reason: 'nothing new: no ground truth has come since the last training' });
  await label(1);
  t.match(await run(train, 'schedule'), { reason: /^too few labels: 5 labelled rows are old enough, at least 20 are needed, and 1 labelled predictions/ });
  t.equal(tasks.length, 1);
});
