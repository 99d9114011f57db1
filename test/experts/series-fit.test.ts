import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import type { BehaviourLayout, SeriesColumns } from '../../src/meta/features/layout.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { fitLabelFree } from '../../src/meta/fit/fit-label-free.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';

const VALUES = 12;
const INPUTS = VALUES + 110;
const CLASSES = 3;
const LABELLED = 300;
const OPTIONS = { seed: 1, maxStoredRows: 10_000, unlabelled: null } as const;
const behaviour: BehaviourLayout = { kind: 'classes', classes: CLASSES };
const SERIES: readonly SeriesColumns[] = [{ start: 0, middle: VALUES, end: INPUTS }];

/** Rows whose class only one description of the series tells; the base model knows little. */
function rowsToldBy(description: 'values' | 'happenings', rows: number, skill = 0.4): TrainingWindow {
  const random = createRandom(5);
  const width = INPUTS + CLASSES;
  const isTelling = (column: number): boolean => column < VALUES === (description === 'values');
  const middles = Array.from({ length: CLASSES }, () => Float32Array.from({ length: INPUTS }, (_, j) => (isTelling(j) ? (description === 'values' ? 0.6 : 0.25) * random.normal() : 0)));
  const features = new Float32Array(rows * width);
  const [classes, truths, coldStart] = [new Int32Array(rows), new Int32Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    const truth = random.int(CLASSES);
    // What does not tell has by far the larger unit.
    features.set(middles[truth]!.map((value, j) => (isTelling(j) ? 1 : 20) * (value + random.normal())), i * width);
    const logits = Array.from({ length: CLASSES }, (_, k) => random.normal() + (k === truth ? skill : 0));
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    features.set(logits.map((logit) => logit - total), i * width + INPUTS);
    classes[i] = logits.indexOf(Math.max(...logits));
    truths[i] = truth;
    coldStart[i] = 1 - Math.exp(logits[classes[i]!]! - total);
  }
  return {
    rows, inputWidth: INPUTS, series: SERIES, width, features, classes, truths, failures: Uint8Array.from(classes, (own, i) => (own === truths[i] ? 0 : 1)), weights: null,
    coldStartProbabilities: coldStart, failureProbabilities: new Float64Array(rows).fill(NaN), createdAt: Float64Array.from({ length: rows }, (_, i) => i),
  };
}

/** The rows with other numbers in the columns [from, to). */
function changed({ rows, width, features }: TrainingWindow, from: number, to: number, value: number): Float32Array {
  const all = features.slice();
  for (let i = 0; i < rows; i++) all.fill(value, i * width + from, i * width + to);
  return all;
}

const VALUE_RANGE = [0, VALUES] as const;
const HAPPENING_RANGE = [VALUES, INPUTS] as const;

for (const description of ['values', 'happenings'] as const) {
  const [from, to] = description === 'values' ? HAPPENING_RANGE : VALUE_RANGE;
  const all = rowsToldBy(description, 1300);
  const later = sliceWindow(all, LABELLED, all.rows);
  const aurocOf = async (onnx: Uint8Array): Promise<number> => summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures).auroc!;
  // What became of the predictions alone says too little of what happens in so many columns.
  for (const form of description === 'values' ? ['classes', 'outcomes'] : ['classes']) {
    t.test(`labels choose how a series is described: ${description}, ${form}`, async (t) => {
      const known = sliceWindow(all, 0, LABELLED);
      const labelled = form === 'classes' ? known : { ...known, truths: new Int32Array(LABELLED).fill(-2) };
      const { onnx, diagnostics } = await fitMetaModel(labelled, { ...OPTIONS, behaviour });
      t.equal(diagnostics.form, form);
      const [auroc, without] = [await aurocOf(onnx), await aurocOf((await fitMetaModel({ ...labelled, series: undefined }, { ...OPTIONS, behaviour })).onnx)];
      t.ok(auroc > 0.8, `AUROC ${auroc}`);
      t.ok(auroc > without + 0.02, `AUROC ${without} > ${auroc}`);
      const served = await serve(onnx, later.features, later.width);
      if (form === 'classes') t.equal(diagnostics.treeRounds > 0, description === 'values', 'trees have a say where the values tell, and only there');
      t.same(await serve(onnx, changed(later, from, to, 7), later.width), served, 'the other description is not read');
      t.ok((await serve(onnx, changed(later, from, to, NaN), later.width)).every((value, i) => value === served[i]), 'not even where it is missing');
    });
  }
}

t.test('without labels a series is read by what happens in it', async (t) => {
  const all = rowsToldBy('happenings', 600, 3);
  const { onnx } = (await fitLabelFree({ rows: 400, features: all.features.slice(0, 400 * all.width) }, all, { behaviour }))!;
  const served = await serve(onnx, all.features, all.width);
  t.same(await serve(onnx, changed(all, ...VALUE_RANGE, 3), all.width), served);
  t.notSame(await serve(onnx, changed(all, ...HAPPENING_RANGE, 3), all.width), served);
});

t.test('a description that says nothing is left out', async (t) => {
  const all = rowsToldBy('values', LABELLED);
  for (const [from, to] of [VALUE_RANGE, HAPPENING_RANGE]) {
    const { diagnostics } = await fitMetaModel({ ...all, features: changed(all, from, to, 1) }, { ...OPTIONS, behaviour });
    t.ok(diagnostics.storedRows > 0);
  }
});
