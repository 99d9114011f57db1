import { mirrorSigns } from '../experts/input-transform.js';
import { integersOf } from './column-set.js';
import type { KernelData } from './fit-kernel.js';
import type { Prepared, RecipeTask } from './recipe-task.js';

/** What the kernel experts are fitted on; null without true classes, a score of each class or input features. */
export function kernelDataOf({ window: { rows }, labelled: { form, labels } }: RecipeTask, { signals: { logProbabilities, predicted }, points, parameters: { transform } }: Pick<Prepared, 'signals' | 'points' | 'parameters'>): KernelData | null {
  if (form.kind !== 'classes' || points === null || logProbabilities === null || predicted === null) return null;
  return { rows, classes: form.references, points, signs: mirrorSigns(transform), logProbabilities, predicted: integersOf(predicted), labels };
}
