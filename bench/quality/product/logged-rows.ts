import { vectorForm, type VectorForm } from '../../../src/meta/features/layout.js';
import { pickRows } from '../../../src/meta/training/pick-rows.js';

/** What the product logs of rows, and the base model's raw output. */
export interface LoggedRows extends VectorForm {
  readonly rows: number;
  /** rows x width, row-major: [input features | behaviour], from the product's feature graph. */
  readonly features: Float32Array;
  /** Index of the largest class score, as the product logs it. */
  readonly predicted: Int32Array;
  /** 1 - confidence, as the product serves it without a meta-model. */
  readonly coldStart: Float64Array;
  /** rows x classes: the base model's output. */
  readonly scores: Float32Array;
  readonly classes: number;
  readonly kind: 'logits' | 'probabilities';
}

/** The form of rows that are yet to be logged. */
export type LogForm = VectorForm & Pick<LoggedRows, 'rows' | 'classes' | 'kind'>;

/** Rows with room for what is logged of them. */
export function emptyLog({ rows, classes, kind, ...vector }: LogForm): LoggedRows {
  return {
    rows, classes, kind, ...vectorForm(vector),
    features: new Float32Array(rows * vector.width),
    predicted: new Int32Array(rows),
    coldStart: new Float64Array(rows),
    scores: new Float32Array(rows * classes),
  };
}

/** Logged rows with their ground truths. */
export interface TruthRows extends LoggedRows {
  readonly truths: Int32Array;
  /** 1 where the prediction is wrong. */
  readonly failures: Uint8Array;
}

export function withTruths(logged: LoggedRows, truths: Int32Array): TruthRows {
  return { ...logged, truths, failures: Uint8Array.from(logged.predicted, (predicted, row) => (predicted === truths[row] ? 0 : 1)) };
}

/** The first rows, as views. */
export function firstTruths(all: TruthRows, rows: number): TruthRows {
  return {
    ...all,
    rows,
    features: all.features.subarray(0, rows * all.width),
    predicted: all.predicted.subarray(0, rows),
    coldStart: all.coldStart.subarray(0, rows),
    scores: all.scores.subarray(0, rows * all.classes),
    truths: all.truths.subarray(0, rows),
    failures: all.failures.subarray(0, rows),
  };
}

/** The named rows, copied. */
export function pickTruths(all: TruthRows, indexes: Int32Array): TruthRows {
  return {
    ...all,
    rows: indexes.length,
    features: pickRows(all.features, all.width, indexes),
    predicted: Int32Array.from(indexes, (row) => all.predicted[row] ?? -1),
    coldStart: Float64Array.from(indexes, (row) => all.coldStart[row] ?? NaN),
    scores: pickRows(all.scores, all.classes, indexes),
    truths: Int32Array.from(indexes, (row) => all.truths[row] ?? -1),
    failures: Uint8Array.from(indexes, (row) => all.failures[row] ?? 0),
  };
}

export function failureCount({ failures }: TruthRows): number {
  return failures.reduce((sum, failure) => sum + failure, 0);
}
