import t from 'tap';
import { netPlan } from '../../src/meta/experts/net-plan.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { CLASS_UNKNOWN, CLASS_UNSEEN, type TrainingProgress, type TrainingWindow } from '../../src/meta/training/window.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window: all, behaviour } = syntheticWindow({ rows: 900, inputWidth: 8, classes: 4, seed: 2 });
const window = sliceWindow(all, 0, 300);
const later = sliceWindow(all, 300, 900);
const options = { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null };

const eaurc = (scores: ArrayLike<number>, { failures }: TrainingWindow) => summarize(Float64Array.from(scores), failures).eaurc!;

t.test('the served graph ranks and calibrates later rows better than the cold start', async (t) => {
  const steps = new Set<string>();
  const fitted = await fitMetaModel(window, { ...options, onProgress: ({ step }: TrainingProgress) => steps.add(step) });
  const scores = await serve(fitted.onnx, later.features, later.width);
  t.ok(eaurc(scores, later) < 0.8 * eaurc(later.coldStartProbabilities, later));
  const brier = (p: ArrayLike<number>) => summarize(Float64Array.from(p), later.failures).brier!;
  t.ok(brier(scores) < brier(later.coldStartProbabilities));
  t.same([...steps], ['preparing', 'distances', 'training anchor', 'training nearest class', 'training logistic regression', 'training second opinion', 'training kernel regression', 'training kernel regression with probabilities', 'training boosted trees', 'stacking', 'exporting']);
  const { diagnostics } = fitted;
  t.match(diagnostics, { rows: 300, form: 'classes', storedRows: 300 });
  t.ok(diagnostics.logLoss.nn! < diagnostics.logLoss.anchor!);
  t.equal(fitted.outOfFold.length, 300);
  const { snapshotLosses } = diagnostics;
  t.equal(diagnostics.netSteps, netPlan(300).snapshots[snapshotLosses.indexOf(Math.min(...snapshotLosses))]);
  t.ok(eaurc(fitted.outOfFold, window) < eaurc(fitted.anchorOutOfFold, window));
});

t.test('the same seed gives the same bytes, another seed others', async (t) => {
  const small = sliceWindow(window, 0, 60);
  const [a, b, c] = [await fitMetaModel(small, options), await fitMetaModel(small, options), await fitMetaModel(small, { ...options, seed: 2 })];
  t.ok(Buffer.compare(a.onnx, b.onnx) === 0);
  t.same(a.outOfFold, b.outOfFold);
  t.ok(Buffer.compare(a.onnx, c.onnx) !== 0);
});

t.test('under 20 labels, with failures only, or without a failure and a true class, the calibrated anchor serves alone', async (t) => {
  for (const few of [sliceWindow(window, 0, 19), { ...window, failures: new Uint8Array(300), truths: new Int32Array(300).fill(CLASS_UNKNOWN) }, { ...window, failures: new Uint8Array(300).fill(1) }, sliceWindow(window, 0, 1)]) {
    const { onnx, diagnostics, outOfFold } = await fitMetaModel(few, options);
    t.equal(diagnostics.form, 'anchor');
    t.equal(outOfFold.length, few.rows);
    const scores = await serve(onnx, later.features, later.width);
    t.ok(scores.every((p) => p > 0 && p < 1));
  }
});

t.test('rows without a true class count for failures only', async (t) => {
  const truths = window.truths.map((truth, i) => (i % 7 === 0 ? CLASS_UNKNOWN : i % 11 === 0 ? CLASS_UNSEEN : truth));
  const failures = window.failures.map((failure, i) => (truths[i] === CLASS_UNSEEN ? 1 : failure));
  const { diagnostics, outOfFold } = await fitMetaModel({ ...window, truths, failures }, options);
  t.equal(diagnostics.form, 'classes');
  t.equal(diagnostics.storedRows, truths.filter((truth) => truth >= 0).length);
  t.ok(outOfFold.every((p) => p > 0 && p < 1));
});

t.test('labels without classes: the form of outcomes still beats the anchor', async (t) => {
  const blind = { ...window, truths: new Int32Array(300).fill(CLASS_UNKNOWN) };
  const { onnx, diagnostics } = await fitMetaModel(blind, options);
  t.equal(diagnostics.form, 'outcomes');
  t.equal(diagnostics.pool, null);
  const scores = await serve(onnx, later.features, later.width);
  t.ok(eaurc(scores, later) < 1.02 * eaurc(later.coldStartProbabilities, later));
});

t.test('two classes: correct or not tells the class', async (t) => {
  const { window: binary, behaviour: two } = syntheticWindow({ rows: 120, inputWidth: 6, classes: 2, seed: 8 });
  const known = await fitMetaModel(binary, { ...options, behaviour: two });
  const inferred = await fitMetaModel({ ...binary, truths: new Int32Array(120).fill(CLASS_UNKNOWN) }, { ...options, behaviour: two });
  t.equal(inferred.diagnostics.form, 'classes');
  t.ok(Buffer.compare(known.onnx, inferred.onnx) === 0);
});

t.test('an abort ends the fit with its reason', async (t) => {
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const fit = fitMetaModel(window, { ...options, signal: controller.signal, onProgress: ({ step }) => { if (step === 'training second opinion') controller.abort(reason); } });
  await t.rejects(fit, reason);
});
