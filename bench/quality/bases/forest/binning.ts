/** Most borders of a feature. */
const MOST_EDGES = 63;

/** Rows whose features are numbers of bins, so that a split is found by counting. */
export interface BinnedRows {
  readonly rows: number;
  readonly width: number;
  /** width x rows, one feature after the other: the bin b of a value v is the first with v <= edges[b], else the last. */
  readonly bins: Uint8Array;
  /** Ascending borders of each feature; none for a constant feature. */
  readonly edges: readonly Float32Array[];
}

/** Midpoints between neighbouring distinct values, thinned to equal numbers of rows where there are too many. */
function edgesOf(column: Float32Array): Float32Array {
  const sorted = column.slice().sort();
  const distinct = sorted.filter((value, at) => at === 0 || value !== sorted[at - 1]);
  const middle = (below: number, above: number): number => {
    const value = Math.fround((below + above) / 2);
    return value < above ? value : below;
  };
  if (distinct.length <= MOST_EDGES + 1) return Float32Array.from({ length: distinct.length - 1 }, (_, at) => middle(distinct[at] ?? 0, distinct[at + 1] ?? 0));
  const edges = new Set<number>();
  for (let edge = 1; edge <= MOST_EDGES; edge++) {
    const value = sorted[Math.floor((edge * sorted.length) / (MOST_EDGES + 1))] ?? 0;
    if (value < (sorted.at(-1) ?? 0)) edges.add(value);
  }
  return Float32Array.from(edges);
}

function binOf(value: number, edges: Float32Array): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (edges[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bins `values` (rows x width, row-major). */
export function binRows(values: Float32Array, rows: number): BinnedRows {
  const width = values.length / rows;
  const bins = new Uint8Array(values.length);
  const edges = Array.from({ length: width }, (_, feature) => {
    const column = Float32Array.from({ length: rows }, (_, row) => values[row * width + feature] ?? 0);
    const borders = edgesOf(column);
    column.forEach((value, row) => (bins[feature * rows + row] = binOf(value, borders)));
    return borders;
  });
  return { rows, width, bins, edges };
}
