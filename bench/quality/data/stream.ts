import { joinInto } from '../../../src/core/join-into.js';
import { concatenated, pickRows } from '../../../src/meta/training/pick-rows.js';

/** Labelled rows that a cell draws its base-training rows, its live stream and its test rows from. */
export interface StreamData {
  readonly name: string;
  /** Shape of one row as the base model takes it. */
  readonly shape: readonly number[];
  readonly width: number;
  readonly classes: number;
  readonly rows: number;
  /** rows x width, row-major. */
  readonly values: Float32Array;
  /** rows: class indexes. */
  readonly truths: Int32Array;
}

/** Some rows of a stream. */
export interface StreamRows {
  readonly rows: number;
  /** rows x width, row-major. */
  readonly values: Float32Array;
  readonly truths: Int32Array;
}

/** The named rows, copied. */
export function takeRows({ values, truths, width }: StreamData, indexes: Int32Array): StreamRows {
  return { rows: indexes.length, values: pickRows(values, width, indexes), truths: Int32Array.from(indexes, (row) => truths[row] ?? -1) };
}

/** The rows of both, those of `first` first. */
export function joinRows(first: StreamRows, second: StreamRows): StreamRows {
  const rows = first.rows + second.rows;
  return { rows, values: concatenated([first.values, second.values]), truths: joinInto(new Int32Array(rows), [first.truths, second.truths]) };
}

/** The first rows, as views. */
export function firstRows({ values, truths, rows }: StreamRows, count: number): StreamRows {
  return { rows: count, values: values.subarray(0, (values.length / rows) * count), truths: truths.subarray(0, count) };
}
