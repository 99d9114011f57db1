import t from 'tap';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { CLASS_UNKNOWN, type TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';
import { plainBehaviour } from '../support/experts-plain.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const options = { seed: 1, maxStoredRows: 10_000, unlabelled: null };

/** A task without classes whose failures gather where |x0| is large. */
function regressionWindow(rows: number, inputWidth: number): TrainingWindow {
  const random = createRandom(6);
  const features = Float32Array.from({ length: rows * inputWidth }, () => random.normal());
  const failures = Uint8Array.from({ length: rows }, (_, i) => (random.uniform() < (Math.abs(features[i * inputWidth]!) > 1.3 ? 0.7 : 0.05) ? 1 : 0));
  const unknown = new Float64Array(rows).fill(NaN);
  return {
    rows, inputWidth, width: inputWidth, features, failures, classes: new Int32Array(rows).fill(-1), truths: new Int32Array(rows).fill(CLASS_UNKNOWN),
    coldStartProbabilities: unknown, failureProbabilities: unknown, createdAt: Float64Array.from({ length: rows }, (_, i) => i), weights: null,
  };
}

t.test('regression: the anchor is the failure rate, distances and net find where it fails', async (t) => {
  const whole = regressionWindow(900, 3);
  const window = sliceWindow(whole, 0, 400);
  const later = sliceWindow(whole, 400, 900);
  const { onnx, diagnostics, anchorOutOfFold } = await fitMetaModel(window, { ...options, behaviour: { kind: 'none' } });
  t.equal(diagnostics.form, 'outcomes');
  const rate = diagnostics.failures / 400;
  t.ok(anchorOutOfFold.every((p) => Math.abs(p - rate) < 0.02));
  t.ok(diagnostics.logLoss.stacked! < diagnostics.logLoss.anchor! - 0.05);
  const { auroc, ece } = summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures);
  t.ok(auroc! > 0.75, `AUROC ${auroc}`);
  t.ok(ece! < 0.1);
});

t.test('regression: a kernel expert on the failures ranks from few failures on, and tells more than the other experts with many', async (t) => {
  const whole = regressionWindow(1800, 3);
  const later = sliceWindow(whole, 1000, 1800);
  const fitted = async (rows: number) => {
    const { onnx, diagnostics } = await fitMetaModel(sliceWindow(whole, 0, rows), { ...options, behaviour: { kind: 'none' } });
    return { diagnostics, ...summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures) };
  };
  const few = await fitted(30);
  t.ok(few.diagnostics.failures <= 8, `${few.diagnostics.failures} failures leave the anchor and the kernel`);
  t.ok(few.auroc! > 0.6, `AUROC ${few.auroc}`);
  const many = await fitted(1000);
  const { logLoss, stacker, kernelPenalties } = many.diagnostics;
  t.equal(stacker!.weights.length, 6, 'with boosted trees');
  t.equal(kernelPenalties.length, 1);
  t.ok(logLoss.kernel! < logLoss.nn! && logLoss.stacked! <= logLoss.kernel! + 0.01, JSON.stringify(logLoss));
  t.ok(many.auroc! > few.auroc!);
});

/** A regression whose error follows x0 smoothly, on both sides of a tolerance of 1, with noise of a third of it; known by value but for some. */
function knownByValue(rows: number, isKnown: (row: number) => boolean = () => true): TrainingWindow {
  const random = createRandom(8);
  const window = regressionWindow(rows, 3);
  const true_ = Float32Array.from({ length: rows }, (_, i) => 1.2 * Math.sin(1.5 * window.features[3 * i]!) + 0.35 * random.normal());
  return { ...window, failures: Uint8Array.from(true_, (error) => (Math.abs(error) > 1 ? 1 : 0)), errors: true_.map((error, i) => (isKnown(i) ? error : NaN)) };
}

t.test('regression: how far it was off says more than that it failed', async (t) => {
  const whole = knownByValue(1400);
  const later = sliceWindow(whole, 400, 1400);
  const fitted = async (window: TrainingWindow) => {
    const { onnx, diagnostics } = await fitMetaModel(window, { ...options, behaviour: { kind: 'none' } });
    return { diagnostics, ...summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures) };
  };
  for (const rows of [100, 400]) {
    const window = sliceWindow(whole, 0, rows);
    const [by, whether] = [await fitted(window), await fitted({ ...window, errors: undefined })];
    t.ok(by.diagnostics.logLoss.error! < by.diagnostics.logLoss.kernel!, JSON.stringify(by.diagnostics.logLoss));
    t.equal(whether.diagnostics.logLoss.error, undefined);
    t.ok(by.eaurc! < 0.95 * whether.eaurc!, `${rows}: ${by.eaurc} ${whether.eaurc}`);
    t.ok(by.brier! < whether.brier!, `${rows}: ${by.brier} ${whether.brier}`);
  }
});

t.test('regression: with few values known the rest counts as failed or not, and wild values bend nothing', async (t) => {
  const few = sliceWindow(knownByValue(300, (row) => row % 20 === 0), 0, 300);
  const { diagnostics: { logLoss } } = await fitMetaModel(few, { ...options, behaviour: { kind: 'none' } });
  t.equal(logLoss.error, undefined, '15 known errors are too few');
  const some = knownByValue(600, (row) => row % 4 !== 0);
  const wild = { ...some, errors: some.errors!.map((error, row) => (row % 50 === 1 && Math.abs(error) > 1 ? error * 1e6 : row % 50 === 2 && Math.abs(error) > 1 ? Math.sign(error) * Infinity : error)) };
  const [tame, bent] = [await fitMetaModel(some, { ...options, behaviour: { kind: 'none' } }), await fitMetaModel(wild, { ...options, behaviour: { kind: 'none' } })];
  t.ok(tame.diagnostics.logLoss.error! < tame.diagnostics.logLoss.anchor! - 0.1, 'three quarters of the errors are enough');
  t.ok(bent.diagnostics.logLoss.error! < tame.diagnostics.logLoss.error! + 0.02);
  t.ok(bent.outOfFold.every(Number.isFinite));
});

t.test('more rows than the kernel expert learns from: the oldest are scored as well as the others', async (t) => {
  const whole = regressionWindow(4000, 3);
  const { outOfFold } = await fitMetaModel(whole, { ...options, behaviour: { kind: 'none' } });
  const of = (from: number, to: number) => summarize(outOfFold.subarray(from, to), whole.failures.subarray(from, to));
  const [oldest, newest] = [of(0, 1000), of(3000, 4000)];
  t.ok(oldest.auroc! > 0.75);
  t.ok(Math.abs(Math.log(oldest.brier! / newest.brier!)) < 0.2, `Brier ${oldest.brier}, ${newest.brier}`);
});

t.test('a task without anything to read serves the failure rate', async (t) => {
  const window = { ...regressionWindow(60, 1), features: new Float32Array(60).fill(2) };
  const { onnx, diagnostics } = await fitMetaModel(window, { ...options, behaviour: { kind: 'none' } });
  const scores = await serve(onnx, Float32Array.of(2, 3, -1e30), 1);
  t.ok(scores.every((p) => Math.abs(p - diagnostics.failures / 60) < 0.03), `${scores.join(' ')}`);
  const nothing = { ...window, inputWidth: 0, width: 0, features: new Float32Array(0) };
  t.equal((await fitMetaModel(nothing, { ...options, behaviour: { kind: 'none' } })).diagnostics.rows, 60);
});

t.test('many classes: the sorted behaviour', async (t) => {
  const { window } = syntheticWindow({ rows: 240, inputWidth: 6, classes: 20, seed: 4, separation: 3 });
  const width = 6 + 20;
  const features = new Float32Array(240 * width);
  for (let i = 0; i < 240; i++) {
    const row = [...window.features.subarray(i * window.width, (i + 1) * window.width)];
    const { figures } = plainBehaviour(row.slice(6));
    const sorted = row.slice(6).sort((a, b) => b - a).slice(0, 16);
    features.set([...row.slice(0, 6), figures[0]!, figures[1]!, figures[2]!, figures[4]!, ...sorted], i * width);
  }
  const { onnx, diagnostics } = await fitMetaModel({ ...window, width, features }, { ...options, behaviour: { kind: 'sorted', classes: 100, top: 16 } });
  t.equal(diagnostics.form, 'outcomes');
  t.ok((await serve(onnx, features, width)).every((p) => p > 0 && p < 1));
});

t.test('classes without input features: the behaviour alone', async (t) => {
  const { window, behaviour } = syntheticWindow({ rows: 150, inputWidth: 4, classes: 3, seed: 3 });
  const features = Float32Array.from({ length: 450 }, (_, i) => window.features[Math.floor(i / 3) * 7 + 4 + (i % 3)]!);
  const { onnx, diagnostics } = await fitMetaModel({ ...window, inputWidth: 0, width: 3, features }, { ...options, behaviour });
  t.equal(diagnostics.form, 'classes');
  t.equal(diagnostics.storedRows, 0);
  t.ok((await serve(onnx, features, 3)).every((p) => p > 0 && p < 1));
});

t.test('principal components above 100 inputs, a capped store, and hostile rows', async (t) => {
  const { window, behaviour } = syntheticWindow({ rows: 200, inputWidth: 110, classes: 3, seed: 5 });
  const { onnx, diagnostics } = await fitMetaModel(window, { ...options, maxStoredRows: 50, behaviour });
  t.equal(diagnostics.storedRows, 50);
  t.ok((await serve(onnx, hostile(window, 110), window.width)).every((p) => p > 0 && p < 1));
});

t.test('hostile rows in training and serving: one-hot, uniform, constant, huge, NaN', async (t) => {
  const { window, behaviour } = syntheticWindow({ rows: 120, inputWidth: 6, classes: 3, seed: 9 });
  const features = window.features.slice();
  features.set(hostile(window, 6).subarray(0, 40 * window.width));
  for (let i = 0; i < 120; i++) features[i * window.width + 2] = 1;
  const { onnx, outOfFold } = await fitMetaModel({ ...window, features }, { ...options, behaviour });
  t.ok(outOfFold.every((p) => p > 0 && p < 1));
  t.ok((await serve(onnx, hostile(window, 6), window.width)).every((p) => p > 0 && p < 1));
});

/** Rows of a window with every kind of extreme number in their inputs or behaviour. */
function hostile({ features, width, rows }: TrainingWindow, inputWidth: number): Float32Array {
  const spoilt = features.slice();
  const inputs = [0, 1e9, -3e38, 3.4e38, 1e-40, Infinity, NaN];
  const logs = [0, Math.log(1e-9), -Infinity, NaN, 3e38, Math.log(1 / 3)];
  for (let i = 0; i < rows; i++) {
    const row = spoilt.subarray(i * width, (i + 1) * width);
    if (i % 3 !== 0) for (let j = 0; j < inputWidth; j++) if ((i + j) % 2 === 0) row[j] = inputs[(i + j) % inputs.length]!;
    if (i % 3 !== 1) for (let k = inputWidth; k < width; k++) row[k] = logs[(i * 7 + (i % 2) * k) % logs.length]!;
  }
  return spoilt;
}
