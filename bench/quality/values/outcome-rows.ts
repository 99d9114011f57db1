import { CLASS_UNKNOWN, type TrainingWindow } from '../../../src/meta/training/window.js';

/** Rows of a task without classes: the product's feature vectors, the model's outputs among them, and which predictions failed. */
export interface OutcomeRows {
  readonly rows: number;
  readonly width: number;
  /** rows x width, row-major. */
  readonly features: Float32Array;
  readonly failures: Uint8Array;
  /** Of a regression: (ground truth - prediction) by the tolerance. */
  readonly errors?: Float32Array | undefined;
}

/** The first rows, as views. */
export function firstOutcomes({ width, features, failures, errors }: OutcomeRows, rows: number): OutcomeRows {
  return { rows, width, features: features.subarray(0, rows * width), failures: failures.subarray(0, rows), errors: errors?.subarray(0, rows) };
}

/** The rows as the training reads them from the ledger, where no class and no score is known. */
export function outcomeWindow({ rows, width, features, failures, errors }: OutcomeRows): TrainingWindow {
  return {
    rows, width, features, failures, errors,
    weights: null,
    inputWidth: width,
    classes: new Int32Array(rows).fill(-1),
    truths: new Int32Array(rows).fill(CLASS_UNKNOWN),
    coldStartProbabilities: new Float64Array(rows).fill(NaN),
    failureProbabilities: new Float64Array(rows).fill(NaN),
    createdAt: Float64Array.from({ length: rows }, (_, row) => row),
  };
}
