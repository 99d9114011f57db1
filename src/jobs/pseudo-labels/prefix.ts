import { BINS, topOf, type RiskHistogram } from './risk-bins.js';

/** The least risky rows of a group: all of the bins before `bin`, and so many of that bin. */
export interface Cut {
  readonly bin: number;
  readonly partial: number;
}

/** Sums over the least risky rows of a group, for any number of them. */
export class Prefixes {
  readonly rows: number;
  readonly #histogram: RiskHistogram;
  /** Before each bin: rows, and the sum of their failure probabilities. */
  readonly #rowsBefore = new Float64Array(BINS + 1);
  readonly #sumBefore = new Float64Array(BINS + 1);

  constructor(histogram: RiskHistogram) {
    this.#histogram = histogram;
    this.rows = histogram.rows;
    for (let bin = 0; bin < BINS; bin++) {
      this.#rowsBefore[bin + 1] = (this.#rowsBefore[bin] ?? 0) + (histogram.counts[bin] ?? 0);
      this.#sumBefore[bin + 1] = (this.#sumBefore[bin] ?? 0) + (histogram.sums[bin] ?? 0);
    }
  }

  /** Where the first `count` rows end (1 to `rows`). */
  cut(count: number): Cut {
    let [low, high] = [0, BINS - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rowsBefore[middle + 1] ?? 0) >= count) high = middle;
      else low = middle + 1;
    }
    return { bin: low, partial: count - (this.#rowsBefore[low] ?? 0) };
  }

  /** The sum of the failure probabilities of the first `count` rows; those of a bin that is cut count as its mean. */
  sum(count: number): number {
    if (count === 0) return 0;
    const { bin, partial } = this.cut(count);
    return (this.#sumBefore[bin] ?? 0) + (partial * (this.#histogram.sums[bin] ?? 0)) / (this.#histogram.counts[bin] ?? 1);
  }

  /** The same, but whichever rows of the bin that is cut are taken, their sum is not larger. */
  mostSum(count: number): number {
    if (count === 0) return 0;
    const { bin, partial } = this.cut(count);
    const inBin = this.#histogram.counts[bin] ?? 0;
    const part = partial === inBin ? (this.#histogram.sums[bin] ?? 0) : partial * topOf(bin);
    return (this.#sumBefore[bin] ?? 0) + part;
  }
}
