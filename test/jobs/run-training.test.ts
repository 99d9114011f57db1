import t, { type Test } from 'tap';
import { SKEW_MILLISECONDS } from '../../src/jobs/clocks-apart.js';
import { runTraining } from '../../src/jobs/run-training.js';
import type { TrainingTask } from '../../src/jobs/training-task.js';
import type { FitOptions } from '../../src/meta/fit/types.js';
import type { TrainingProgress, TrainingWindow } from '../../src/meta/training/window.js';
import { scoreWindow } from '../../src/meta/fit/score-window.js';
import { onBothLedgers, type OpenLedger } from '../support/both-ledgers.js';
import { syntheticWindow } from '../support/experts-synthetic.js';
import { challenger } from '../support/jobs-challenger.js';
import { LABELS } from '../support/jobs-model.js';
import { windowItems, windowReply } from '../support/jobs-window.js';
import { batchOf, collect, freshKey, labelItem, newId, WIDTH } from '../support/ledger-data.js';

const NOW = 10_000_000;

async function handsOver(t: Test, open: OpenLedger): Promise<void> {
  const ledger = await open(t);
  const key = freshKey();
  const replies = Array.from({ length: 30 }, (_, i) => ({ id: newId(key.model, NOW), createdAt: NOW - 30 + i }));
  await ledger.append(batchOf({ key, replies }));
  await ledger.record(replies.filter((_, i) => i % 3 === 0).map(({ id }) => labelItem(id, '9')));

  async function run(change: Partial<TrainingTask> = {}) {
    const given: { window: TrainingWindow; options: FitOptions }[] = [];
    const told: TrainingProgress[] = [];
    const task: TrainingTask = {
      store: { kind: 'sqlite', dataDir: '/nowhere' }, key, featureSchema: 'schema', inputWidth: 1, width: WIDTH, behaviour: { kind: 'classes', classes: 2 }, labels: LABELS,
      maxRows: 100, until: null, maxStoredRows: 100, maxUnlabelledRows: 8, labelFreeFrom: null, startedAt: NOW, seed: 1, champion: null, attempt: 1, ...change,
    };
    await runTraining(task, ledger, (progress) => told.push(progress), async (window, _, options) => {
      given.push({ window, options });
      return challenger('keep', 'no', window.rows);
    });
    const unlabelled = given[0]?.options.unlabelled ?? null;
    const times = unlabelled === null ? null : Array.from({ length: unlabelled.rows }, (_, row) => unlabelled.features[row * WIDTH]);
    return { labelled: given[0]?.window.rows, times, steps: [...new Set(told.map(({ step }) => step))], last: told.at(-1) };
  }

  await t.test('the fit is given the newest rows without a ground truth', async (t) => {
    const times = [18, 19, 21, 22, 24, 25, 27, 28].map((i) => NOW - 29 + i);
    t.same(await run(), { labelled: 10, times, steps: ['reading', 'reading unlabelled'], last: { step: 'reading unlabelled', done: 8, total: 8 } });
  });

  await t.test('those that were there when it was asked for, also those that are too young for their ground truth to count', async (t) => {
    t.same((await run({ startedAt: NOW - 26 - SKEW_MILLISECONDS })).times, [NOW - 29, NOW - 28]);
    t.match(await run({ until: NOW - 27 }), { labelled: 1, times: (await run()).times });
    t.equal((await run({ startedAt: NOW - 29 - SKEW_MILLISECONDS })).times, null);
  });

  await t.test('the clocks of those that answered may be ahead', async (t) => {
    t.same((await run({ startedAt: NOW - 3_600_000 })).times, (await run()).times);
  });

  await t.test('none are read where none are wanted or no class could be told of them', async (t) => {
    const nothing = { labelled: 10, times: null, steps: ['reading'] };
    t.match(await run({ maxUnlabelledRows: 0 }), nothing);
    t.match(await run({ behaviour: { kind: 'none' } }), nothing);
  });
}

/** 640 predictions, the first 15 of which have a ground truth. */
async function labelFree(t: Test, open: OpenLedger): Promise<void> {
  const ledger = await open(t);
  const { window, behaviour } = syntheticWindow({ rows: 640, inputWidth: 4, classes: 3, seed: 8 });
  const key = freshKey();
  await ledger.append({ ...windowReply(key, window, LABELS), createdAt: window.createdAt });
  await ledger.record(windowItems(key, window, LABELS).slice(0, 15));
  const task: TrainingTask = {
    store: { kind: 'sqlite', dataDir: '/nowhere' }, key, featureSchema: 'schema-1', inputWidth: 4, width: 7, behaviour, labels: LABELS,
    maxRows: 1_000, until: null, maxStoredRows: 100, maxUnlabelledRows: 500, labelFreeFrom: 400, startedAt: 1_000_000, seed: 1, champion: null, attempt: 1,
  };
  const run = (change: Partial<TrainingTask> = {}) => runTraining({ ...task, ...change }, ledger, () => undefined);

  await t.test('with too few labels the predictions alone give a meta-model', async (t) => {
    const all = await collect(ledger.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: false }));
    const newest = all.at(-1)?.createdAt.at(-1);
    const { verdict, reason, labelFree } = await run();
    t.equal(verdict, 'too_few');
    t.match(reason, /^too few labels: 15 labelled rows, at least 20 are needed$/);
    t.match(labelFree?.reason, /^label-free: learnt from 500 predictions, none of which has a ground truth; no test, for nobody has labels\. The consensus disagrees with the base model on \d+\.\d % .* weight is 0\.\d\d$/);
    t.match(labelFree?.training, { rows: 0, failures: 0, to: newest, seed: 1, unlabelledRows: 500, scores: { rows: 500 } });
    t.ok(labelFree!.training.from <= window.createdAt[140]! && labelFree!.training.from > 0);
    t.equal(labelFree!.training.scores!.thresholds.length, 200);
    t.ok((await scoreWindow(labelFree!.onnx, window)).every((score) => score > 0 && score < 1));
  });

  await t.test('there is none where none is wanted, where the challenger goes live, and where predictions are too few', async (t) => {
    t.match(await run({ labelFreeFrom: null }), { verdict: 'too_few', labelFree: null, reason: /needed$/ });
    t.match(await runTraining(task, ledger, () => undefined, async () => challenger('promote', 'better')), { verdict: 'promote', labelFree: null });
    t.match(await run({ labelFreeFrom: 501 }), { labelFree: null, reason: /^too few labels: .*; no label-free meta-model: 500 predictions without a ground truth, 501 are needed$/ });
    t.match(await run({ maxUnlabelledRows: 0 }), { labelFree: null, reason: /no label-free meta-model: 0 predictions without a ground truth, 400 are needed$/ });
  });

  await t.test('a challenger that is kept has one beside it', async (t) => {
    const kept = await runTraining(task, ledger, () => undefined, async () => challenger('keep', 'no'));
    t.match(kept, { verdict: 'keep', reason: 'no', labelFree: { training: { rows: 0 } } });
  });

  await t.test('it says up to when it has read, where labels must be of an age', async (t) => {
    t.notOk('until' in (await run({ labelFreeFrom: null })).training);
    t.match(await run({ until: 5_000_000 }), { training: { until: 5_000_000 }, labelFree: { training: { rows: 0, until: 5_000_000 } } });
  });

  await t.test('it says which labels it has read: none that came while it fitted', async (t) => {
    const { labelSequence } = await runTraining({ ...task, labelFreeFrom: null }, ledger, () => undefined, async () => {
      await ledger.record(windowItems(key, window, LABELS).slice(15, 16));
      return challenger('keep', 'no');
    });
    t.equal(labelSequence, 15);
    t.equal(await ledger.labelSequence(key), 16);
  });
}

await onBothLedgers(t, handsOver);
await onBothLedgers(t, labelFree);
