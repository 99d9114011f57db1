import type { Points } from './distances.js';

export const MOST_BINS = 32;

/** Columns in bins: bin b of a column holds the values above border b - 1 and up to border b; the last has no border. */
export interface Bins {
  readonly rows: number;
  readonly width: number;
  /** width x rows. */
  readonly codes: Uint8Array;
  /** width x (MOST_BINS - 1), ascending; Infinity where a column has fewer. */
  readonly borders: Float32Array;
}

/** Puts borders between distinct values: all of them where they are few, else at equal numbers of rows. */
export function binColumns({ rows, width, data }: Points): Bins {
  const codes = new Uint8Array(width * rows);
  const borders = new Float32Array(width * (MOST_BINS - 1)).fill(Infinity);
  const column = new Float32Array(rows);
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < rows; i++) column[i] = data[i * width + j]!;
    const own = borders.subarray(j * (MOST_BINS - 1), (j + 1) * (MOST_BINS - 1));
    placeBorders(column.slice().sort(), own);
    for (let i = 0; i < rows; i++) codes[j * rows + i] = binOf(column[i]!, own);
  }
  return { rows, width, codes, borders };
}

function placeBorders(sorted: Float32Array, borders: Float32Array): void {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const source = distinct.length <= MOST_BINS ? distinct : sorted;
  const parts = Math.min(MOST_BINS, source.length);
  let count = 0;
  for (let part = 1; part < parts; part++) {
    const at = Math.floor((part * source.length) / parts);
    const below = source[at - 1]!;
    const above = source[at]!;
    // A border that rounds to the value above it would put that value on its lower side.
    const middle = Math.fround(below + (above - below) / 2);
    const border = middle < above ? middle : below;
    if (below < above && (count === 0 || border > borders[count - 1]!)) borders[count++] = border;
  }
}

/** The first bin whose border is not below the value. */
function binOf(value: number, borders: Float32Array): number {
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (borders[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
