import type { ScanBatch } from '../../ledger/ledger.js';
import type { HistogramBin } from './contracts.js';

export const HISTOGRAM_BINS = 20;

/** Counts of rows by failure probability; rows without one are in no bin. */
export class Histogram {
  readonly #predictions = new Float64Array(HISTOGRAM_BINS);
  readonly #labelled = new Float64Array(HISTOGRAM_BINS);
  readonly #failures = new Float64Array(HISTOGRAM_BINS);

  add({ count, failureProbabilities, failures }: ScanBatch): void {
    for (let i = 0; i < count; i++) {
      const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor((failureProbabilities[i] ?? NaN) * HISTOGRAM_BINS));
      if (Number.isNaN(bin)) continue;
      increase(this.#predictions, bin, 1);
      if (failures[i] === -1) continue;
      increase(this.#labelled, bin, 1);
      increase(this.#failures, bin, failures[i] ?? 0);
    }
  }

  bins(): readonly HistogramBin[] {
    return Array.from(this.#predictions, (predictions, bin) => ({
      from: bin / HISTOGRAM_BINS,
      to: (bin + 1) / HISTOGRAM_BINS,
      predictions,
      labelled: this.#labelled[bin] ?? 0,
      failures: this.#failures[bin] ?? 0,
    }));
  }
}

function increase(counts: Float64Array, bin: number, by: number): void {
  counts[bin] = (counts[bin] ?? 0) + by;
}
