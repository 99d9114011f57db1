export const MOST_BINS = 32;

/** Rows of numbers, row-major: the first `width` of each `stride`; NaN is a missing value. */
export interface TableRows {
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly data: Float32Array;
}

/** The rows in the rarer of a column's two bins. */
export interface RareRows {
  readonly bin: 0 | 1;
  readonly rows: Int32Array;
}

/** Columns in bins: bin b of a column holds the values above border b - 1 and up to border b; the last has no border. Missing values are in the first. */
export interface Bins {
  readonly rows: number;
  readonly width: number;
  /** width x rows. */
  readonly codes: Uint8Array;
  /** width x (MOST_BINS - 1), ascending; Infinity where a column has fewer. */
  readonly borders: Float32Array;
  /** Of each column; null where it has more than two bins. Sums over an indicator need not visit the many rows that do not have it. */
  readonly rare: readonly (RareRows | null)[];
}

/** Puts borders between distinct values: all of them where they are few, else at numbers of rows as equal as ties allow. */
export function binColumns({ rows, width, stride, data }: TableRows): Bins {
  const codes = new Uint8Array(width * rows);
  const borders = new Float32Array(width * (MOST_BINS - 1)).fill(Infinity);
  const column = new Float32Array(rows);
  const rare: (RareRows | null)[] = [];
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < rows; i++) column[i] = data[i * stride + j]!;
    const own = borders.subarray(j * (MOST_BINS - 1), (j + 1) * (MOST_BINS - 1));
    placeBorders(column.filter((value) => !Number.isNaN(value)).sort(), own);
    const coded = codes.subarray(j * rows, (j + 1) * rows);
    for (let i = 0; i < rows; i++) coded[i] = binOf(column[i]!, own);
    rare.push(own[1] === Infinity ? rareRows(coded) : null);
  }
  return { rows, width, codes, borders, rare };
}

function placeBorders(sorted: Float32Array, borders: Float32Array): void {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const source = distinct.length <= MOST_BINS ? distinct : sorted;
  const parts = Math.min(MOST_BINS, source.length);
  const endOf = (part: number): number => Math.floor((part * source.length) / parts);
  let count = 0;
  for (let at = 1, part = 1; at < source.length; at++) {
    const [below, above] = [source[at - 1]!, source[at]!];
    // A part that ends among equal values ends after them.
    if (at < endOf(part) || !(below < above)) continue;
    // A border that rounds to the value above it would put that value on its lower side.
    const middle = Math.fround(below + (above - below) / 2);
    borders[count++] = middle < above ? middle : below;
    while (endOf(part) <= at) part++;
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

/** Of a column of one bin or two. */
function rareRows(codes: Uint8Array): RareRows {
  let ones = 0;
  for (const code of codes) ones += code;
  const bin = 2 * ones <= codes.length ? 1 : 0;
  const rows = new Int32Array(bin === 1 ? ones : codes.length - ones);
  for (let i = 0, k = 0; i < codes.length; i++) if (codes[i] === bin) rows[k++] = i;
  return { bin, rows };
}
