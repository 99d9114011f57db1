import type { VectorForm } from '../features/layout.js';

/** True class of a row whose ground truth names no class (`correct` only). */
export const CLASS_UNKNOWN = -2;
/** True class of a row whose label the base model cannot emit (`unseen_class`). */
export const CLASS_UNSEEN = -1;

/** Labelled rows as the training reads them, oldest first. */
export interface TrainingWindow extends VectorForm {
  readonly rows: number;
  /** rows x width, row-major: [input features | behaviour]. */
  readonly features: Float32Array;
  readonly failures: Uint8Array;
  /** Index of the predicted class; -1 without classes. */
  readonly classes: Int32Array;
  /** Index of the true class, CLASS_UNSEEN or CLASS_UNKNOWN. */
  readonly truths: Int32Array;
  /** Of a regression: (ground truth - prediction) by the tolerance, so that a failure is further from 0 than 1; NaN where no value is known; absent for other tasks. */
  readonly errors?: Float32Array | undefined;
  /** 1 - confidence as served; NaN without classes. */
  readonly coldStartProbabilities: Float64Array;
  /** As served; NaN where there was none. */
  readonly failureProbabilities: Float64Array;
  readonly createdAt: Float64Array;
  /** What each row counts (see `selectionWeights`); null: all the same. */
  readonly weights: Float64Array | null;
}

/** Predictions without a ground truth, for what inputs and base model say by themselves. */
export interface UnlabelledRows {
  readonly rows: number;
  /** rows x width of the window, row-major: [input features | behaviour]. */
  readonly features: Float32Array;
}

export interface TrainingProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}
export type ProgressListener = (progress: TrainingProgress) => void;
