import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
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

t.test('no trees where columns are alike, where no classes are known, or where classes are too many', async (t) => {
  const { window, behaviour } = syntheticWindow({ rows: 300, inputWidth: 8, classes: 4, seed: 2 });
  t.match(await fitMetaModel(window, { ...OPTIONS, behaviour }), { diagnostics: { treeRounds: 0 } });
  const own = table(300, 5);
  // Two classes are known from the outcome alone.
  const blind = { ...own, classes: own.classes.map(() => -1), truths: own.truths.map(() => -3) };
  t.match(await fitMetaModel(blind, { ...OPTIONS, behaviour: { kind: 'none' } }), { diagnostics: { treeRounds: 0, form: 'outcomes' } });
  const many = syntheticWindow({ rows: 400, inputWidth: 8, classes: 21, seed: 2, separation: 6 });
  const tails = { ...many.window, features: many.window.features.map((value, i) => (i % many.window.width < 8 ? Math.exp(2 * value) : value)) };
  t.match(await fitMetaModel(tails, { ...OPTIONS, behaviour: many.behaviour }), { diagnostics: { treeRounds: 0, form: 'classes' } });
});
