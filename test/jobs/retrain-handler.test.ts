import t from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { JobCancelled, JobInterrupted } from '../../src/jobs/abort.js';
import { challenger } from '../support/jobs-challenger.js';
import { LABELS } from '../support/jobs-model.js';
import { KEY } from '../support/jobs-predictions.js';
import { labelFree, openRetraining, WANTED } from '../support/jobs-retraining.js';

await t.test('a better challenger is stored, promoted and serves', async (t) => {
  const { run, label, registry, marks, swapper, tasks, progress, results, metrics, flushes } = openRetraining(t);
  await label(12);
  const result = await run(async ({ progress }) => {
    progress({ step: 'training second opinion', done: 3, total: 9 });
    return challenger('promote', 'first', 12);
  });
  t.same(result, { promoted: true, meta_version: 1, reason: 'first' });
  t.equal(flushes(), 1, 'what was buffered is in the ledger before the training reads it');
  t.match(tasks[0], { store: { kind: 'sqlite', dataDir: '/data' }, key: KEY, featureSchema: 'schema-1', width: 9, inputWidth: 6, labels: LABELS, maxRows: 30_000, maxStoredRows: 10_000, maxUnlabelledRows: 5_000, seed: 1, champion: null });
  t.same(progress, [{ step: 'reading', done: 0, total: 30_000 }, { step: 'training second opinion', done: 3, total: 9 }, { step: 'promoting', done: 0, total: 1 }]);
  t.match(await registry.champion(KEY), { version: 1, state: 'champion', reason: 'first', featureSchema: 'schema-1', training: { rows: 12 } });
  t.same(swapper.swaps, [{ version: 1, onnx: 'first', labelFree: false }]);
  t.same(await marks.trainingMark(KEY), { labelSequence: 12, rows: 12 });
  t.same(await results(), { promoted: 1 });
  t.match((await metrics.trainingDuration.get()).values.find(({ metricName }) => metricName?.endsWith('_sum')), { value: 2 });
});

await t.test('the champion goes with the next task; a worse challenger is kept as candidate', async (t) => {
  const { run, label, registry, swapper, tasks, results } = openRetraining(t);
  await label(1);
  await run(async () => challenger('promote', 'first'));
  const result = await run(async () => challenger('keep', 'not better than meta-model 1'));
  t.same(result, { promoted: false, meta_version: 1, reason: 'not better than meta-model 1' });
  t.match(tasks[1]?.champion, { trainedTo: 2_000 });
  t.equal(Buffer.from(tasks[1]?.champion?.onnx ?? []).toString(), 'first');
  t.match(await registry.list('m'), [{ version: 2, state: 'candidate', reason: 'not better than meta-model 1' }, { version: 1, state: 'champion' }]);
  t.equal(swapper.swaps.length, 1);
  t.same(await results(), { promoted: 1, kept: 1 });
});

await t.test('tests of being better are counted, also those that failed, until a champion is beaten', async (t) => {
  const { run, label, marks, registry, tasks } = openRetraining(t);
  const next = (sequence = 1_000) => marks.promotionAttempt(KEY, sequence);
  await label(5);
  await run(async () => challenger('promote', 'first', 5, { way: 'follows' }));
  t.equal(await next(), 1, 'who follows was not tested');
  await run(async () => challenger('keep', 'no', 5, { tested: true }));
  await run(async () => challenger('keep', 'the same labels', 5, { tested: true }));
  t.equal(await next(), 2);
  await label(3);
  await run(async () => challenger('keep', 'no', 8, { tested: true }));
  t.same(tasks.map(({ attempt }) => attempt), [1, 1, 1, 2]);
  t.equal(await next(), 3);
  await label(3);
  const result = await run(async () => {
    await marks.countAttempt(KEY, 3, 12);
    return challenger('promote', 'better', 11, { way: 'better', tested: true });
  });
  t.match(result, { promoted: false, meta_version: 1, reason: /^kept as candidate 5: another test/ });
  await label(3);
  t.match(await run(async () => challenger('promote', 'better', 14, { way: 'better', tested: true })), { promoted: true, meta_version: 6 });
  t.match(await registry.champion(KEY), { version: 6 });
  t.equal(await next(), 1);
});


await t.test('where the challenger does not go live, the label-free meta-model takes the place of the cold start', async (t) => {
  const { run, label, registry, marks, swapper, tasks, results } = openRetraining(t, { retraining: WANTED });
  await label(4);
  const result = await run(async () => ({ ...challenger('too_few', 'too few labels', 4), labelFree: labelFree('free') }));
  t.same(result, { promoted: true, meta_version: 1, reason: 'free; too few labels' });
  t.equal(tasks[0]?.labelFreeFrom, 200);
  t.match(await registry.champion(KEY), { version: 1, reason: 'free; too few labels', metrics: null, training: { rows: 0, unlabelledRows: 300 } });
  t.same(swapper.swaps, [{ version: 1, onnx: 'free', labelFree: true }]);
  t.same(await marks.trainingMark(KEY), { labelSequence: 4, rows: 4 });
  t.same(await results(), { label_free: 1 });

  await run(async () => ({ ...challenger('keep', 'no'), labelFree: labelFree('newer', 1_200) }));
  t.match(await registry.list('m'), [{ version: 3, state: 'champion', training: { unlabelledRows: 1_200 } }, { version: 2, state: 'candidate', reason: 'no' }, { version: 1, state: 'retired' }]);
  t.equal(tasks[1]?.labelFreeFrom, 301, 'asked for by hand, more than it learnt from are enough');
  t.match(tasks[1]?.champion, { rows: 0, trainedTo: -Infinity });
  t.equal(Buffer.from(tasks[1]?.champion?.onnx ?? []).toString(), 'free');
  t.match(await run(async () => challenger('promote', 'labelled', 100)), { promoted: true, meta_version: 4 });
  t.same(swapper.swaps.at(-1), { version: 4, onnx: 'labelled', labelFree: false });
  await run(async () => challenger('keep', 'no'));
  t.equal(tasks.at(-1)?.labelFreeFrom, null, 'never in place of one that learnt from ground truths');
});

await t.test('one that was promoted meanwhile is not replaced by a label-free one', async (t) => {
  const { run, label, registry, swapper } = openRetraining(t, { retraining: WANTED });
  await label(4);
  const result = await run(async () => {
    const other = await registry.add({ key: KEY, createdAt: 1, reason: 'by another', metrics: null, training: { rows: 50, failures: 5, from: 1, to: 2, seed: 1 }, featureSchema: 'schema-1', onnx: new Uint8Array([1]) });
    await registry.promote(KEY, other, null, 1);
    return { ...challenger('too_few', 'too few labels', 4), labelFree: labelFree('free') };
  });
  t.match(result, { promoted: false, meta_version: 1, reason: /^kept as candidate 2: meta-model 1 was promoted while it was trained/ });
  t.match(await registry.champion(KEY), { version: 1 });
  t.same(swapper.swaps, []);
});

await t.test('for the sake of predictions alone: skipped where they are few, and the labels by the way leave no mark', async (t) => {
  const { run, label, predict, registry, marks, tasks, results } = openRetraining(t, { retraining: WANTED });
  await label(4);
  await predict(199);
  t.same(await run(async () => challenger('keep', 'no'), 'unlabelled'), { promoted: false, meta_version: 0, reason: 'nothing new: 199 predictions without a ground truth, and 200 are needed' });
  t.same(tasks, []);
  await predict(1);
  t.match(await run(async () => ({ ...challenger('too_few', 'too few labels', 4), labelFree: labelFree('free', 200) }), 'unlabelled'), { promoted: true, meta_version: 1 });
  t.equal(await marks.trainingMark(KEY), null);
  await predict(599);
  t.match(await run(async () => challenger('keep', 'no'), 'unlabelled'), { promoted: false, meta_version: 1, reason: 'nothing new: 799 predictions without a ground truth, and 800 are needed' });
  await predict(1);
  t.match(await run(async () => challenger('promote', 'labelled', 100), 'unlabelled'), { promoted: true, meta_version: 2 });
  t.same(await marks.trainingMark(KEY), { labelSequence: 4, rows: 100 });
  t.match(await run(async () => challenger('keep', 'no'), 'unlabelled'), { promoted: false, meta_version: 2, reason: /^nothing to do: / });
  t.equal(tasks.length, 2);
  t.match(await registry.champion(KEY), { version: 2 });
  t.same(await results(), { label_free: 1, promoted: 1 });
});

await t.test('for the sake of predictions alone: those of a server whose clock is an hour ahead count too', async (t) => {
  const { run, predict, clock, tasks } = openRetraining(t, { retraining: WANTED });
  clock.advance(3_600_000);
  await predict(200);
  clock.advance(-3_600_000);
  t.match(await run(async () => ({ ...challenger('too_few', 'too few labels', 0), labelFree: labelFree('free', 200) }), 'unlabelled'), { promoted: true, meta_version: 1 });
  t.equal(tasks.length, 1);
});

await t.test('labels that are due are not left out because the waiting job was one for predictions alone', async (t) => {
  const { run, label, tasks } = openRetraining(t, { retraining: WANTED });
  await label(10);
  await run(async () => challenger('promote', 'labelled', 10), 'unlabelled');
  t.equal(tasks.length, 1);
});

await t.test('too few labels store nothing, and the mark moves on', async (t) => {
  const { run, label, registry, marks, results } = openRetraining(t);
  await label(4);
  t.same(await run(async () => challenger('too_few', '4 labelled rows; 30 are needed', 4)), { promoted: false, meta_version: 0, reason: '4 labelled rows; 30 are needed' });
  t.same(await registry.list('m'), []);
  t.same(await marks.trainingMark(KEY), { labelSequence: 4, rows: 4 });
  t.same(await results(), { too_few: 1 });
});

await t.test('a champion of another feature schema is no rival, but it is who must be replaced', async (t) => {
  const { run, label, registry, clock, tasks } = openRetraining(t);
  await label(1);
  const { onnx, reason, metrics, training } = challenger('promote', 'old features');
  await registry.add({ key: KEY, createdAt: 1, reason, metrics, training, featureSchema: 'schema-0', onnx: onnx ?? new Uint8Array() });
  await registry.promote(KEY, 1, null, clock.now());
  t.match(await run(async () => challenger('promote', 'new features')), { promoted: true, meta_version: 2 });
  t.equal(tasks[0]?.champion, null);
  t.match(await registry.list('m'), [{ version: 2, state: 'champion' }, { version: 1, state: 'retired' }]);
});

await t.test('a promotion by hand during the training wins', async (t) => {
  const { run, label, registry, clock, swapper, results } = openRetraining(t);
  await label(1);
  await run(async () => challenger('promote', 'first'));
  await run(async () => challenger('keep', 'second'));
  const result = await run(async () => {
    await registry.promote(KEY, 2, 1, clock.now());
    return challenger('promote', 'third');
  });
  t.match(result, { promoted: false, meta_version: 2, reason: /candidate 3.*meta-model 2 was promoted/ });
  t.match(await registry.list('m'), [{ version: 3, state: 'candidate' }, { version: 2, state: 'champion' }, { version: 1, state: 'retired' }]);
  t.equal(swapper.swaps.length, 1);
  t.same(await results(), { promoted: 1, kept: 2 });
});

await t.test('a failed training leaves the champion and moves the mark on', async (t) => {
  const { run, label, registry, marks, results } = openRetraining(t);
  await label(3);
  await run(async () => challenger('promote', 'first', 3));
  await label(5);
  await t.rejects(run(() => Promise.reject(new Error('out of memory'))), { message: 'out of memory' });
  t.match(await registry.champion(KEY), { version: 1 });
  t.same(await marks.trainingMark(KEY), { labelSequence: 8, rows: 3 });
  t.same(await results(), { promoted: 1, failed: 1 });
});

await t.test('a graph that cannot be loaded gives its place back', async (t) => {
  const { run, label, registry, swapper, results } = openRetraining(t);
  await label(1);
  swapper.broken.add(1);
  await t.rejects(run(async () => challenger('promote', 'first')), { message: /meta-model 1 .*cannot serve: the graph cannot be loaded/ });
  swapper.broken.clear();
  await run(async () => challenger('promote', 'second'));
  swapper.broken.add(3);
  await t.rejects(run(async () => challenger('promote', 'third')), { message: /cannot serve/ });
  t.match(await registry.champion(KEY), { version: 2 });
  t.match(swapper.swaps.at(-1), { version: 2 });
  t.same(await results(), { failed: 2, promoted: 1 });
});

await t.test('cancelled: nothing is promoted, the mark moves on; interrupted: it does not', async (t) => {
  for (const [reason, mark, results] of [
    [new JobCancelled(), { labelSequence: 6, rows: 0 }, { cancelled: 1 }],
    [new JobInterrupted(), null, {}],
  ] as const) {
    const opened = openRetraining(t);
    await opened.label(6);
    const running = opened.run(async () => {
      opened.controller.abort(reason);
      return challenger('promote', 'too late');
    });
    await t.rejects(running, reason);
    t.same(await opened.registry.list('m'), []);
    t.same(await opened.marks.trainingMark(KEY), mark);
    t.same(await opened.results(), results);
  }
});

await t.test('a retraining of the trigger without a new label trains nothing; one by hand does', async (t) => {
  const { run, label, tasks, results } = openRetraining(t);
  await label(6);
  await run(async () => challenger('promote', 'first', 6));
  t.match(await run(async () => challenger('promote', 'again'), 'ground_truths'), { promoted: false, meta_version: 1, reason: /no ground truth/ });
  t.equal(tasks.length, 1);
  await run(async () => challenger('keep', 'by hand'));
  t.equal(tasks.length, 2);
  t.same(await results(), { promoted: 1, kept: 1 });
});

await t.test('labels that come before the training process reads are not trained on twice', async (t) => {
  const { run, label, marks, tasks, whileStarting } = openRetraining(t);
  await label(6);
  whileStarting(() => label(4));
  await run(async () => {
    // It has read by now.
    await label(1);
    return challenger('promote', 'first', 10);
  }, 'schedule');
  whileStarting(() => Promise.resolve());
  t.same(await marks.trainingMark(KEY), { labelSequence: 10, rows: 10 });
  t.match(await run(async () => challenger('keep', 'no', 11), 'schedule'), { reason: 'no' }, 'what came while it ran is new');
  t.match(await run(async () => challenger('keep', 'again', 11), 'schedule'), { reason: /^nothing new/ });
  t.equal(tasks.length, 2);
});

await t.test('a passing error leaves the mark, for the job will run again', async (t) => {
  const { run, label, marks, results } = openRetraining(t);
  await label(6);
  const away = new MetaErrError('LEDGER_UNAVAILABLE', 'Redis is away', { retryAfterSeconds: 2 });
  await t.rejects(run(() => Promise.reject(away)), away);
  t.equal(await marks.trainingMark(KEY), null);
  t.same(await results(), { postponed: 1 });
});

await t.test('a trigger that saw the labels of a training that ran meanwhile leads to none', async (t) => {
  const { run, label, tasks } = openRetraining(t);
  await label(10);
  await run(async () => challenger('promote', 'first', 10), 'ground_truths');
  await label(5);
  t.match(await run(async () => challenger('promote', 'second'), 'ground_truths'), { promoted: false, meta_version: 1, reason: /5 ground truths have come since the last training, and 10 are needed/ });
  t.match(await run(async () => challenger('keep', 'nightly'), 'schedule'), { reason: 'nightly' }, 'a schedule asks for one new label only');
  t.equal(tasks.length, 2);
});

await t.test('a model that no server has told of', async (t) => {
  const { run, results } = openRetraining(t);
  await t.rejects(run(async () => challenger('promote', 'first'), 'manual', 'other'), { code: 'VERSION_NOT_FOUND' });
  t.same(await results(), {}, 'a name that nobody serves is no label');
});

await t.test('the newest 20 meta-models and the champion are kept', async (t) => {
  const { run, label, registry } = openRetraining(t);
  await label(1);
  await run(async () => challenger('promote', 'first'));
  for (let i = 0; i < 25; i++) await run(async () => challenger('keep', `${i}`));
  const versions = (await registry.list('m')).map((record) => record.version);
  t.same(versions, [...Array.from({ length: 20 }, (_, i) => 26 - i), 1]);
});
