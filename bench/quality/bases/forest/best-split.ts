import type { BinnedRows } from './binning.js';

/** Rows with a bin of at most `bin` go left. */
export interface SplitPoint {
  readonly feature: number;
  readonly bin: number;
  /** Sum over both sides of (sum of squared class counts) / rows: higher is purer (Gini impurity, up to constants). */
  readonly purity: number;
}

/** Finds splits in one forest; its buffers are used again for every node. */
export class SplitFinder {
  readonly #data: BinnedRows;
  readonly #truths: Int32Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #starts = new Int32Array(257);
  readonly #sorted: Int32Array;

  constructor(data: BinnedRows, truths: Int32Array, classes: number) {
    this.#data = data;
    this.#truths = truths;
    this.#left = new Float64Array(classes);
    this.#right = new Float64Array(classes);
    this.#sorted = new Int32Array(data.rows);
  }

  /** The purest split of the rows by one feature; null where the feature is the same in all of them. `counts` is rows by class. */
  find(rows: Int32Array, counts: Float64Array, feature: number): SplitPoint | null {
    const bins = (this.#data.edges[feature]?.length ?? 0) + 1;
    if (bins === 1) return null;
    this.#sort(rows, feature, bins);
    return this.#sweep(rows.length, counts, feature, bins);
  }

  /** Classes of the rows in the order of their bins, by counting. */
  #sort(rows: Int32Array, feature: number, bins: number): void {
    const column = this.#data.bins.subarray(feature * this.#data.rows, (feature + 1) * this.#data.rows);
    const starts = this.#starts.fill(0, 0, bins + 1);
    for (const row of rows) {
      const bin = (column[row] ?? 0) + 1;
      starts[bin] = (starts[bin] ?? 0) + 1;
    }
    for (let bin = 1; bin <= bins; bin++) starts[bin] = (starts[bin] ?? 0) + (starts[bin - 1] ?? 0);
    for (const row of rows) {
      const bin = column[row] ?? 0;
      const at = starts[bin] ?? 0;
      this.#sorted[at] = this.#truths[row] ?? 0;
      starts[bin] = at + 1;
    }
  }

  /** After the sort, `starts[b]` is where bin b ends. */
  #sweep(total: number, counts: Float64Array, feature: number, bins: number): SplitPoint | null {
    const [left, right] = [this.#left.fill(0), this.#right];
    right.set(counts);
    let leftSquares = 0;
    let rightSquares = counts.reduce((sum, count) => sum + count * count, 0);
    let best: SplitPoint | null = null;
    for (let bin = 0, at = 0; bin < bins - 1; bin++) {
      const end = this.#starts[bin] ?? 0;
      if (end === at) continue;
      if (end === total) break;
      for (; at < end; at++) {
        const truth = this.#sorted[at] ?? 0;
        const [before, after] = [left[truth] ?? 0, right[truth] ?? 0];
        leftSquares += 2 * before + 1;
        rightSquares -= 2 * after - 1;
        left[truth] = before + 1;
        right[truth] = after - 1;
      }
      const purity = leftSquares / at + rightSquares / (total - at);
      if (best === null || purity > best.purity) best = { feature, bin, purity };
    }
    return best;
  }
}
