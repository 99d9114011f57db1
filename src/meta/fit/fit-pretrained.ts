import { fitCorrected } from '../experts/linear-experts.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import type { UnlabelledRows } from '../training/window.js';
import { singleColumn, type ColumnSet } from './column-set.js';
import { fitLabelFreeExperts, labelFreeCorrections } from './fit-label-free-parameters.js';
import type { LabelFreeExperts } from './label-free-score.js';
import type { RecipeTask } from './recipe-task.js';
import { usefulUnlabelled } from './unlabelled.js';

/** The consensus, corrected by what the pretrained trees make of predictions without a ground truth. */
export interface PretrainedExpert {
  readonly experts: LabelFreeExperts;
  readonly linear: CrossFit;
  /** Of the labelled rows. */
  readonly signals: ColumnSet;
}

/** Predictions that the trees' signals are of, the newest; with more they would say little more, and take as much time as all other experts. */
const MOST_ROWS = 2000;
const STEPS = 3;

/**
 * The correction of the label-free meta-model upon the consensus that has learnt from labels (decision 37). The correction has seen none, so that what
 * it says of labelled rows is out of fold, as `consensus` is. Null where there is nothing to correct by.
 */
export async function fitPretrained({ window, labelled: { form }, divisions, options }: RecipeTask, consensus: Float64Array, { signal, onProgress }: RidgeHooks): Promise<PretrainedExpert | null> {
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  if (unlabelled === null) return null;
  const onStep = (step: number): void => onProgress?.(step, STEPS);
  const fitted = await fitLabelFreeExperts(newest(unlabelled, window.width), window, { behaviour: options.behaviour, signal, onStep });
  if (fitted === null || fitted.experts.trust === 0) return null;
  const { experts } = fitted;
  const { signals, corrections } = await labelFreeCorrections(window, experts, signal);
  onProgress?.(STEPS, STEPS);
  return { experts, linear: fitCorrected(window, singleColumn(consensus), singleColumn(corrections), divisions), signals };
}

function newest({ rows, features }: UnlabelledRows, width: number): UnlabelledRows {
  const count = Math.min(rows, MOST_ROWS);
  return { rows: count, features: features.subarray((rows - count) * width, rows * width) };
}
