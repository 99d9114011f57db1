import { vectorForm } from '../features/layout.js';
import type { TrainingWindow } from '../training/window.js';

/** Rows [from, to) of a window, as views. */
export function sliceWindow(window: TrainingWindow, from: number, to: number): TrainingWindow {
  return {
    rows: to - from,
    ...vectorForm(window),
    features: window.features.subarray(from * window.width, to * window.width),
    failures: window.failures.subarray(from, to),
    classes: window.classes.subarray(from, to),
    truths: window.truths.subarray(from, to),
    errors: window.errors?.subarray(from, to),
    coldStartProbabilities: window.coldStartProbabilities.subarray(from, to),
    failureProbabilities: window.failureProbabilities.subarray(from, to),
    createdAt: window.createdAt.subarray(from, to),
    weights: window.weights?.subarray(from, to) ?? null,
  };
}

export function countFailures({ failures }: TrainingWindow): number {
  let sum = 0;
  for (const failure of failures) sum += failure;
  return sum;
}
