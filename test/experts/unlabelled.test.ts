import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { chooseForm } from '../../src/meta/experts/form.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { joinFeatures, usefulUnlabelled } from '../../src/meta/fit/unlabelled.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { CLASS_UNKNOWN, type TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window: all, behaviour } = syntheticWindow({ rows: 2400, inputWidth: 8, classes: 4, seed: 5 });
const labelled = sliceWindow(all, 0, 60);
const later = sliceWindow(all, 60, 1260);
const unlabelledOf = (from: number, to: number) => ({ rows: to - from, features: all.features.slice(from * all.width, to * all.width) });
const options = { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null };

async function fitted(window: TrainingWindow, unlabelled: ReturnType<typeof unlabelledOf> | null) {
  const steps = new Set<string>();
  const { onnx, outOfFold, diagnostics } = await fitMetaModel(window, { ...options, unlabelled, onProgress: ({ step }) => steps.add(step) });
  const { eaurc, brier } = summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures);
  return { eaurc: eaurc!, brier: brier!, outOfFold: summarize(outOfFold, window.failures).brier!, steps, diagnostics };
}

t.test('predictions without a ground truth make the failure probability better where labels are few', async (t) => {
  const without = await fitted(labelled, null);
  const [some, many] = [await fitted(labelled, unlabelledOf(1260, 1500)), await fitted(labelled, unlabelledOf(1260, 2400))];
  t.ok(many.eaurc < 0.85 * without.eaurc, `${many.eaurc} of ${without.eaurc}`);
  t.ok(some.eaurc < 0.85 * without.eaurc, `${some.eaurc} of ${without.eaurc}`);
  t.ok(many.brier < without.brier, `${many.brier} of ${without.brier}`);
  t.match(many.diagnostics, { form: 'classes', rows: 60, storedRows: 60, unlabelledRows: 1140 });
  t.equal(many.diagnostics.stacker!.weights.length, 8);
  t.ok(many.diagnostics.logLoss.consensus! < many.diagnostics.logLoss.anchor!);
  t.ok(many.diagnostics.logLoss.pretrained! < many.diagnostics.logLoss.anchor!);
  t.ok(many.steps.has('training consensus') && !without.steps.has('training consensus'));
  t.ok(many.steps.has('training pretrained trees') && !without.steps.has('training pretrained trees'));
});

t.test('what the consensus says out of fold is what it says of rows that it has not seen', async (t) => {
  const { window } = { window: sliceWindow(all, 1260, 1860) };
  const { brier, outOfFold, diagnostics } = await fitted(window, unlabelledOf(1860, 2400));
  t.equal(diagnostics.unlabelledRows, 540);
  t.ok(Math.abs(Math.log(outOfFold / brier)) < 0.3, `Brier ${outOfFold} out of fold, ${brier} on later rows`);
});

t.test('they are left out where they are few, where no class is known and where there are no inputs', async (t) => {
  const { form } = chooseForm(labelled, behaviour);
  const rows = unlabelledOf(1260, 1500);
  t.equal(usefulUnlabelled({ rows: 60 }, form, rows), rows);
  t.equal(usefulUnlabelled({ rows: 60 }, form, unlabelledOf(1260, 1459)), null, 'under 200');
  t.equal(usefulUnlabelled({ rows: 961 }, form, rows), null, 'under a quarter of the labelled ones');
  t.equal(usefulUnlabelled({ rows: 60 }, { ...form, inputWidth: 0 }, rows), null);
  const { diagnostics } = await fitted({ ...labelled, truths: new Int32Array(60).fill(CLASS_UNKNOWN) }, rows);
  t.match(diagnostics, { form: 'outcomes', unlabelledRows: 0 });
  t.notOk('consensus' in diagnostics.logLoss || 'pretrained' in diagnostics.logLoss);
});

t.test('the inputs of both are scaled together', (t) => {
  const joined = joinFeatures(labelled, unlabelledOf(1260, 1500));
  t.match({ rows: joined.rows, inputWidth: joined.inputWidth, width: joined.width }, { rows: 300, inputWidth: 8, width: 12 });
  t.same([...joined.features.subarray(0, 12)], [...labelled.features.subarray(0, 12)]);
  t.same([...joined.features.subarray(60 * 12, 61 * 12)], [...all.features.subarray(1260 * 12, 1261 * 12)]);
  t.equal(joinFeatures(labelled, null), labelled);
  t.end();
});
