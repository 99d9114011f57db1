import { fitStanding, type LinearExpertData } from '../experts/linear-experts.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import type { UnlabelledRows } from '../training/window.js';
import { fitLabelFreeParameters, labelFreeLogits } from './fit-label-free-parameters.js';
import type { LabelFreeParameters } from './label-free-score.js';
import type { RecipeTask } from './recipe-task.js';
import { usefulUnlabelled } from './unlabelled.js';

/** What is known of predictions without a ground truth, re-scaled beside the anchor to a failure logit. */
export interface PretrainedExpert {
  readonly parameters: LabelFreeParameters;
  readonly linear: CrossFit;
}

/** Predictions that it learns from, the newest; with more it would say little more, and take as much time as all other experts. */
const MOST_ROWS = 2000;
const STEPS = 4;

/** The label-free meta-model as an expert (decision 37): it has seen no label, so that what it says of labelled rows is out of fold. Null where there is none. */
export async function fitPretrained({ window, labelled: { form }, divisions, options }: RecipeTask, data: LinearExpertData, { signal, onProgress }: RidgeHooks): Promise<PretrainedExpert | null> {
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  if (unlabelled === null) return null;
  const onStep = (step: number): void => onProgress?.(step, STEPS);
  const fitted = await fitLabelFreeParameters(newest(unlabelled, window.width), window, { behaviour: options.behaviour, signal, onStep });
  if (fitted === null) return null;
  const { parameters } = fitted;
  const logits = await labelFreeLogits(window, parameters, signal);
  onProgress?.(STEPS, STEPS);
  return { parameters, linear: fitStanding({ ...data, score: { width: 1, data: logits } }, divisions) };
}

function newest({ rows, features }: UnlabelledRows, width: number): UnlabelledRows {
  const count = Math.min(rows, MOST_ROWS);
  return { rows: count, features: features.subarray((rows - count) * width, rows * width) };
}
