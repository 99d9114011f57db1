import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { fitLabelFree } from '../../src/meta/fit/fit-label-free.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import type { BehaviourLayout } from '../../src/meta/features/layout.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';

const INPUTS = 110;
const CLASSES = 3;
const LABELLED = 160;
const OPTIONS = { seed: 1, maxStoredRows: 10_000, unlabelled: null } as const;
const behaviour: BehaviourLayout = { kind: 'classes', classes: CLASSES, augmentation: 'horizontal_flip' };
/** The first forty change places in pairs, the next forty their sign. */
const MIRROR = Array.from({ length: INPUTS }, (_, j) => (j < 40 ? (j % 2 === 0 ? j + 2 : j) : j < 80 ? -(j + 1) : j + 1));

const turned = (row: Float32Array): Float32Array => Float32Array.from(MIRROR, (column) => Math.sign(column) * row[Math.abs(column) - 1]!);

/** Rows around the middles of their classes, the first LABELLED as they stand, later ones in the mirror; the base model knows next to nothing. */
function pictures(rows: number, seed: number): TrainingWindow {
  const random = createRandom(seed);
  const width = INPUTS + CLASSES + 1;
  const middles = Array.from({ length: CLASSES }, () => Float32Array.from({ length: INPUTS }, () => 0.5 * random.normal()));
  const features = new Float32Array(rows * width);
  const [classes, truths, coldStart] = [new Int32Array(rows), new Int32Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    const truth = random.int(CLASSES);
    const own = middles[truth]!.map((value) => value + random.normal());
    features.set(i < LABELLED ? own : turned(own), i * width);
    const logits = Array.from({ length: CLASSES }, (_, k) => random.normal() + (k === truth ? 0.4 : 0));
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const predicted = logits.indexOf(Math.max(...logits));
    classes[i] = predicted;
    features.set([...logits.map((logit) => logit - total), predicted], i * width + INPUTS);
    truths[i] = truth;
    coldStart[i] = 1 - Math.exp(logits[predicted]! - total);
  }
  return {
    rows, inputWidth: INPUTS, width, features, classes, truths, failures: Uint8Array.from(classes, (own, i) => (own === truths[i] ? 0 : 1)), weights: null,
    coldStartProbabilities: coldStart, failureProbabilities: new Float64Array(rows).fill(NaN), createdAt: Float64Array.from({ length: rows }, (_, i) => i),
  };
}

const all = pictures(1600, 3);
const known = { ...all, mirror: MIRROR };
const later = sliceWindow(all, LABELLED, all.rows);
const aurocOf = async (onnx: Uint8Array): Promise<number> => summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures).auroc!;

t.test('ground truths of pictures teach about their mirror images', async (t) => {
  const [plain, mirrored] = [await fitMetaModel(sliceWindow(all, 0, LABELLED), { ...OPTIONS, behaviour }), await fitMetaModel(sliceWindow(known, 0, LABELLED), { ...OPTIONS, behaviour })];
  const [without, withImages] = [await aurocOf(plain.onnx), await aurocOf(mirrored.onnx)];
  t.ok(withImages > without + 0.05, `AUROC ${without} > ${withImages}`);
  t.ok(withImages > 0.85, `AUROC ${withImages}`);
  for (const name of ['kernel', 'so'] as const) t.ok(mirrored.diagnostics.logLoss[name]! < mirrored.diagnostics.logLoss.anchor!, name);
});

t.test('so do those that tell only what failed', async (t) => {
  const blind = (window: TrainingWindow) => ({ ...sliceWindow(window, 0, LABELLED), truths: new Int32Array(LABELLED).fill(-2) });
  const [plain, mirrored] = [await fitMetaModel(blind(all), { ...OPTIONS, behaviour }), await fitMetaModel(blind(known), { ...OPTIONS, behaviour })];
  t.equal(mirrored.diagnostics.form, 'outcomes');
  const [without, withImages] = [await aurocOf(plain.onnx), await aurocOf(mirrored.onnx)];
  t.ok(withImages > without, `AUROC ${without} > ${withImages}`);
});

t.test('predictions without a ground truth too', async (t) => {
  const unlabelled = { rows: LABELLED + 240, features: all.features.slice(0, (LABELLED + 240) * all.width) };
  const [plain, mirrored] = [await fitLabelFree(unlabelled, all, { behaviour }), await fitLabelFree(unlabelled, known, { behaviour })];
  t.ok(mirrored!.disagreement <= plain!.disagreement, `${plain!.disagreement} ${mirrored!.disagreement}`);
  const { diagnostics } = await fitMetaModel(sliceWindow(known, 0, LABELLED), { ...OPTIONS, behaviour, unlabelled: { rows: 400, features: later.features.slice(0, 400 * all.width) } });
  t.equal(diagnostics.unlabelledRows, 400);
});
