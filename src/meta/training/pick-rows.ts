import { joinInto } from '../../core/join-into.js';

/** The named rows of a matrix (row-major), copied in their order. */
export function pickRows(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, at) => picked.set(values.subarray(row * width, (row + 1) * width), at * width));
  return picked;
}

/** The rows from 0 to `count` that are not among `rows`, ascending. */
export function otherRows(count: number, rows: Int32Array): Int32Array {
  const isAmong = new Uint8Array(count);
  for (const row of rows) isAmong[row] = 1;
  return Int32Array.from(isAmong.keys()).filter((row) => isAmong[row] === 0);
}

/** The numbers of all parts, one part after the other. */
export function concatenated(parts: readonly Float32Array[]): Float32Array {
  return joinInto(new Float32Array(parts.reduce((sum, { length }) => sum + length, 0)), parts);
}
