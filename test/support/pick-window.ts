import { pickRows } from '../../src/meta/training/pick-rows.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';

/** The named rows of a window, copied in their order; `weights` are left out. */
export function pickWindow(window: TrainingWindow, rows: Int32Array): TrainingWindow {
  const doubles = (of: Float64Array) => Float64Array.from(rows, (row) => of[row]!);
  const indexes = (of: Int32Array) => Int32Array.from(rows, (row) => of[row]!);
  return {
    rows: rows.length,
    inputWidth: window.inputWidth,
    width: window.width,
    features: pickRows(window.features, window.width, rows),
    failures: Uint8Array.from(rows, (row) => window.failures[row]!),
    classes: indexes(window.classes),
    truths: indexes(window.truths),
    ...(window.errors !== undefined && { errors: Float32Array.from(rows, (row) => window.errors![row]!) }),
    coldStartProbabilities: doubles(window.coldStartProbabilities),
    failureProbabilities: doubles(window.failureProbabilities),
    createdAt: doubles(window.createdAt),
    weights: null,
  };
}
