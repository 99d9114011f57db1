import { concatenated } from '../training/pick-rows.js';

/** Some columns of all rows: rows x width, row-major float32. */
export interface ColumnSet {
  readonly width: number;
  readonly data: Float32Array;
}

/** A column set of one column. */
export function singleColumn(values: ArrayLike<number>): ColumnSet {
  return { width: 1, data: Float32Array.from(values) };
}

/** Whole numbers of a single column. */
export function integersOf({ data }: ColumnSet): Int32Array {
  return Int32Array.from(data);
}

/** One of the columns. */
export function columnOf({ width, data }: ColumnSet, column: number): Float32Array {
  return Float32Array.from({ length: data.length / width }, (_, row) => data[row * width + column]!);
}

/** Rows [from, to), as a view. */
export function rowsOf({ width, data }: ColumnSet, from: number, to: number): ColumnSet {
  return { width, data: data.subarray(from * width, to * width) };
}

/** The rows of both, one after the other; both have the width of the first. */
export function joinRows({ width, data }: ColumnSet, other: ColumnSet): ColumnSet {
  return { width, data: concatenated([data, other.data]) };
}
