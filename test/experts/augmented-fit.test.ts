import t from 'tap';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { fitLabelFree } from '../../src/meta/fit/fit-label-free.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import type { BehaviourLayout } from '../../src/meta/features/layout.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const CLASSES = 4;
const plain: BehaviourLayout = { kind: 'classes', classes: CLASSES };
const augmented: BehaviourLayout = { ...plain, augmentation: 'horizontal_flip' };
const { window: all } = syntheticWindow({ rows: 900, inputWidth: 8, classes: CLASSES, seed: 2 });

/** The window with the predicted class after the log-probabilities. */
function withClasses(window: TrainingWindow): TrainingWindow {
  const { rows, width, features, classes } = window;
  const wide = new Float32Array(rows * (width + 1));
  for (let row = 0; row < rows; row++) {
    wide.set(features.subarray(row * width, (row + 1) * width), row * (width + 1));
    wide[row * (width + 1) + width] = classes[row]!;
  }
  return { ...window, width: width + 1, features: wide };
}

const agree = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => Array.from(a).every((value, i) => Math.abs(value - b[i]!) < 1e-4);

t.test('where a mirror changes nothing the meta-model is the one without', async (t) => {
  const [window, later] = [sliceWindow(all, 0, 300), sliceWindow(all, 300, 900)];
  const options = { seed: 1, maxStoredRows: 10_000, unlabelled: null };
  const [once, twice] = [await fitMetaModel(window, { ...options, behaviour: plain }), await fitMetaModel(withClasses(window), { ...options, behaviour: augmented })];
  t.ok(agree(once.outOfFold, twice.outOfFold));
  t.ok(agree(await serve(once.onnx, later.features, later.width), await serve(twice.onnx, withClasses(later).features, later.width + 1)));
  const unlabelled = { rows: 600, features: later.features };
  const [free, freeTwice] = [await fitLabelFree(unlabelled, all, { behaviour: plain }), await fitLabelFree({ rows: 600, features: withClasses(later).features }, { ...all, width: all.width + 1 }, { behaviour: augmented })];
  t.ok(agree(free!.scores, freeTwice!.scores));
});

t.test('another class that is ahead in both together makes a prediction suspicious, with labels and without', async (t) => {
  // The base model's own answer is the second best class in one row of five, and wrong more often there.
  const classes = all.classes.map((own, row) => (row % 5 === 0 ? secondOf(all, row, own) : own));
  const failures = Uint8Array.from(classes, (own, row) => (own === all.truths[row] ? 0 : 1));
  const window = withClasses({ ...all, classes, failures });
  const [first, later] = [sliceWindow(window, 0, 300), sliceWindow(window, 300, 900)];
  const { onnx } = await fitMetaModel(first, { seed: 1, maxStoredRows: 10_000, unlabelled: null, behaviour: augmented });
  const free = await fitLabelFree({ rows: 300, features: first.features }, first, { behaviour: augmented });
  for (const graph of [onnx, free!.onnx]) {
    const scores = Float64Array.from(await serve(graph, later.features, later.width));
    const { auroc } = summarize(scores, later.failures);
    t.ok(auroc! > 0.75, `AUROC ${auroc}`);
    t.ok(mean(scores, (row) => (row + 300) % 5 === 0) > 2 * mean(scores, (row) => (row + 300) % 5 !== 0));
  }
});

function secondOf({ features, width, inputWidth }: TrainingWindow, row: number, first: number): number {
  const logs = Array.from(features.subarray(row * width + inputWidth, (row + 1) * width));
  return logs.indexOf(Math.max(...logs.filter((_, k) => k !== first)));
}

function mean(scores: Float64Array, wanted: (row: number) => boolean): number {
  const chosen = scores.filter((_, row) => wanted(row));
  return chosen.reduce((sum, score) => sum + score, 0) / chosen.length;
}
