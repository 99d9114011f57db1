import t, { type Test } from 'tap';
import { runTraining } from '../../src/jobs/run-training.js';
import type { TrainingTask } from '../../src/jobs/training-task.js';
import type { FitOptions } from '../../src/meta/fit/types.js';
import type { TrainingProgress, TrainingWindow } from '../../src/meta/training/window.js';
import { onBothLedgers, type OpenLedger } from '../support/both-ledgers.js';
import { challenger } from '../support/jobs-challenger.js';
import { LABELS } from '../support/jobs-model.js';
import { batchOf, freshKey, labelItem, newId, WIDTH } from '../support/ledger-data.js';

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
      maxRows: 100, until: null, maxStoredRows: 100, maxUnlabelledRows: 8, startedAt: NOW, seed: 1, champion: null, attempt: 1, ...change,
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
    t.same((await run({ startedAt: NOW - 26 })).times, [NOW - 29, NOW - 28]);
    t.match(await run({ until: NOW - 27 }), { labelled: 1, times: (await run()).times });
    t.equal((await run({ startedAt: NOW - 29 })).times, null);
  });

  await t.test('none are read where none are wanted or no class could be told of them', async (t) => {
    const nothing = { labelled: 10, times: null, steps: ['reading'] };
    t.match(await run({ maxUnlabelledRows: 0 }), nothing);
    t.match(await run({ behaviour: { kind: 'none' } }), nothing);
  });
}

await onBothLedgers(t, handsOver);
