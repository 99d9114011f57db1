import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { areWorthIt } from '../../src/meta/fit/fit-trees.js';
import type { CrossFit } from '../../src/meta/linear/out-of-fold.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import { CLASS_UNKNOWN, type TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const OPTIONS = { seed: 1, maxStoredRows: 10_000, unlabelled: null } as const;
const INPUTS = 12;

/** A table of two classes: three numbers and nine indicators. Which of them matters depends on the others, and most say nothing; the base model knows one number alone. */
function table(rows: number, seed: number): TrainingWindow {
  const random = createRandom(seed);
  const width = INPUTS + 2;
  const features = new Float32Array(rows * width);
  const truths = new Int32Array(rows);
  const classes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = features.subarray(i * width, (i + 1) * width);
    for (let j = 0; j < 3; j++) row[j] = random.normal();
    for (let j = 3; j < INPUTS; j++) row[j] = Number(random.uniform() < 0.25);
    truths[i] = row[3] === 1 ? Number(row[1]! > 0.4) : row[4] === 1 ? 0 : Number(row[0]! > 0);
    const z = 2 * row[0]!;
    row[INPUTS] = -Math.log1p(Math.exp(z));
    row[INPUTS + 1] = -Math.log1p(Math.exp(-z));
    classes[i] = Number(z > 0);
  }
  const failures = truths.map((truth, i) => (truth === classes[i] ? 0 : 1));
  const coldStart = Float64Array.from({ length: rows }, (_, i) => 1 - Math.exp(Math.max(features[i * width + INPUTS]!, features[i * width + INPUTS + 1]!)));
  return {
    rows, inputWidth: INPUTS, width, features, classes, truths, failures: Uint8Array.from(failures), weights: null,
    coldStartProbabilities: coldStart, failureProbabilities: new Float64Array(rows).fill(NaN), createdAt: Float64Array.from({ length: rows }, (_, i) => i),
  };
}

const BEHAVIOUR = { kind: 'classes', classes: 2 } as const;

t.test('in a table of numbers and categories trees find what distances blur, and are served', async (t) => {
  const all = table(4000, 3);
  const [labelled, later] = [sliceWindow(all, 0, 1000), sliceWindow(all, 1000, 4000)];
  const steps = new Set<string>();
  const { onnx, outOfFold, diagnostics } = await fitMetaModel(labelled, { ...OPTIONS, behaviour: BEHAVIOUR, onProgress: ({ step }) => steps.add(step) });
  t.ok(steps.has('training boosted trees'));
  t.ok(diagnostics.treeRounds > 0);
  t.equal(diagnostics.stacker!.weights.length, Object.keys(diagnostics.logLoss).length - 1);
  const { trees, stacked, ...others } = diagnostics.logLoss;
  t.ok(trees! < 0.8 * Math.min(...Object.values(others)), JSON.stringify(diagnostics.logLoss));
  const served = summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures);
  t.ok(Math.abs(Math.log(served.brier! / summarize(outOfFold, labelled.failures).brier!)) < 0.2, 'later rows are told apart as the held-out ones were');
  t.ok(stacked! < 1.02 * trees!);
});

/** Thirty numbers of one kind, one of which says the class, and a base model that knows nothing of it. */
function needle(rows: number, seed: number): TrainingWindow {
  const random = createRandom(seed);
  const [inputs, width] = [30, 32];
  const features = Float32Array.from({ length: rows * width }, (_, i) => (i % width < inputs ? random.normal() : 0));
  const classes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const z = 0.5 * random.normal();
    features.set([-Math.log1p(Math.exp(z)), -Math.log1p(Math.exp(-z))], i * width + inputs);
    classes[i] = Number(z > 0);
  }
  const truths = classes.map((_, i) => Number(Math.abs(features[i * width + 7]!) > 0.7));
  const none = new Float64Array(rows).fill(NaN);
  return {
    rows, inputWidth: inputs, width, features, classes, truths, failures: Uint8Array.from(truths, (truth, i) => (truth === classes[i] ? 0 : 1)), weights: null,
    coldStartProbabilities: none, failureProbabilities: none, createdAt: Float64Array.from({ length: rows }, (_, i) => i),
  };
}

t.test('in a table of numbers of one kind they find the one that matters', async (t) => {
  const { diagnostics: { treeRounds, logLoss: { trees, stacked, ...others } } } = await fitMetaModel(needle(600, 2), { ...OPTIONS, behaviour: BEHAVIOUR });
  t.ok(treeRounds > 0);
  t.ok(trees! < 0.5 * Math.min(...Object.values(others)) && stacked! < 1.1 * trees!, JSON.stringify({ trees, stacked, ...others }));
});

t.test('trees that tell failures much worse than another expert have no say', async (t) => {
  const failures = Uint8Array.from({ length: 400 }, (_, i) => i % 2);
  /** Out-of-fold logits whose log loss is exactly `loss`. */
  const scored = (loss: number, rows = failures.length): CrossFit => {
    const logit = -Math.log(Math.expm1(loss));
    return { coefficients: new Float64Array(1), fitted: new Float64Array(rows), outOfFold: Float64Array.from(failures.subarray(0, rows), (failure) => (failure === 1 ? logit : -logit)) };
  };
  const isHeard = (loss: number, rows = 400) => areWorthIt(scored(loss, rows), [scored(0.6, rows), scored(0.4, rows)], { failures: failures.subarray(0, rows), weights: null });
  t.same([isHeard(0.45), isHeard(0.47)], [true, false], 'up to 15 % worse than the best, with 100 failures and more');
  t.same([isHeard(0.42, 80), isHeard(0.43, 80), isHeard(0.4, 80)], [true, false, true], 'up to 6 % with 40');
  const weights = Float64Array.from(failures, (failure) => 1 + failure);
  t.ok(areWorthIt(scored(0.3), [scored(0.3)], { failures, weights }));
  const { window, behaviour } = syntheticWindow({ rows: 600, inputWidth: 60, classes: 8, seed: 2, separation: 4 });
  const { diagnostics } = await fitMetaModel(window, { ...OPTIONS, behaviour });
  t.same([diagnostics.treeRounds, diagnostics.logLoss.trees], [0, undefined], 'in a space where every number says a little');
});

t.test('where no classes are known trees tell failures, of a regression by their side', async (t) => {
  const rows = 900;
  const random = createRandom(12);
  const features = Float32Array.from({ length: 6 * rows }, () => random.normal());
  // Too low in one corner, too high in another: neither shows in a single column.
  const errors = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = features.subarray(6 * row, 6 * row + 3);
    return (a! > 0.3 && b! > 0 ? 2 : a! < -0.3 && c! < 0 ? -2 : 0) + 0.6 * random.normal();
  });
  const unknown = new Float64Array(rows).fill(NaN);
  const whole = {
    rows, inputWidth: 6, width: 6, features, failures: Uint8Array.from(errors, (error) => (Math.abs(error) > 1 ? 1 : 0)), classes: new Int32Array(rows).fill(-1),
    truths: new Int32Array(rows).fill(CLASS_UNKNOWN), coldStartProbabilities: unknown, failureProbabilities: unknown, createdAt: Float64Array.from({ length: rows }, (_, row) => row), weights: null,
  };
  const [first, later] = [sliceWindow(whole, 0, 500), sliceWindow(whole, 500, rows)];
  for (const window of [first, { ...first, errors: errors.subarray(0, 500) }]) {
    const { onnx, diagnostics } = await fitMetaModel(window, { ...OPTIONS, behaviour: { kind: 'none' } });
    const { logLoss, treeRounds, form } = diagnostics;
    t.equal(form, 'outcomes');
    t.ok(treeRounds > 0 && logLoss.trees! < logLoss.nn! && logLoss.trees! < logLoss.lr!, JSON.stringify(logLoss));
    const scores = Float64Array.from(await serve(onnx, later.features, later.width));
    t.ok(summarize(scores, later.failures).auroc! > 0.85);
  }
});

t.test('no trees where principal components are read, or where classes are too many', async (t) => {
  const { window, behaviour } = syntheticWindow({ rows: 300, inputWidth: 120, classes: 4, seed: 2 });
  t.match(await fitMetaModel(window, { ...OPTIONS, behaviour }), { diagnostics: { treeRounds: 0 } });
  const many = syntheticWindow({ rows: 400, inputWidth: 8, classes: 21, seed: 2, separation: 6 });
  const tails = { ...many.window, features: many.window.features.map((value, i) => (i % many.window.width < 8 ? Math.exp(2 * value) : value)) };
  t.match(await fitMetaModel(tails, { ...OPTIONS, behaviour: many.behaviour }), { diagnostics: { treeRounds: 0, form: 'classes' } });
});
