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
  const taken = new Float32Array(indexes.length * width);
  indexes.forEach((from, to) => taken.set(values.subarray(from * width, (from + 1) * width), to * width));
  return { rows: indexes.length, values: taken, truths: Int32Array.from(indexes, (row) => truths[row] ?? -1) };
}

/** The rows of both, those of `first` first. */
export function joinRows(first: StreamRows, second: StreamRows): StreamRows {
  const values = new Float32Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  const truths = new Int32Array(first.rows + second.rows);
  truths.set(first.truths);
  truths.set(second.truths, first.rows);
  return { rows: first.rows + second.rows, values, truths };
}

/** The first rows, as views. */
export function firstRows({ values, truths, rows }: StreamRows, count: number): StreamRows {
  return { rows: count, values: values.subarray(0, (values.length / rows) * count), truths: truths.subarray(0, count) };
}
