import type { Form } from '../experts/form.js';
import { vectorForm } from '../features/layout.js';
import { concatenated } from '../training/pick-rows.js';
import type { TrainingWindow, UnlabelledRows } from '../training/window.js';
import type { FeatureRows } from './feature-rows.js';

/** Fewer say too little to be worth the work. */
export const MIN_UNLABELLED_ROWS = 200;
/** The same by labelled rows beside them. */
const LEAST_BY_LABELLED = 0.25;

/** The predictions without a ground truth if a fit of this form has a use for them, else null. */
export function usefulUnlabelled({ rows }: Pick<TrainingWindow, 'rows'>, form: Form, unlabelled: UnlabelledRows | null): UnlabelledRows | null {
  if (unlabelled === null || form.kind !== 'classes' || form.inputWidth === 0) return null;
  return unlabelled.rows >= Math.max(MIN_UNLABELLED_ROWS, LEAST_BY_LABELLED * rows) ? unlabelled : null;
}

/** Labelled rows and those without a ground truth, one after the other. */
export function joinFeatures(window: FeatureRows, unlabelled: UnlabelledRows | null): FeatureRows {
  if (unlabelled === null) return window;
  const features = concatenated([window.features.subarray(0, window.rows * window.width), unlabelled.features]);
  return { rows: window.rows + unlabelled.rows, ...vectorForm(window), features };
}
