import { effectiveRows } from '../selection/weights.js';
import { createRandom } from '../training/random.js';

const STREAM = 0x5a3b;

/** How often each row was drawn in each resample: resamples x rows, row-major. */
export interface Draws {
  readonly resamples: number;
  readonly rows: number;
  /** Draws of a resample. */
  readonly drawn: number;
  readonly counts: Uint16Array;
}

/**
 * Draws as many rows as there are, with replacement. The same draws for all scores make comparisons paired. With weights rows are drawn in
 * proportion to them, and so many that all say as much as the rows do (`effectiveRows`).
 */
export function drawRows(rows: number, resamples: number, seed: number, weights: Float64Array | null = null): Draws {
  const random = createRandom(seed, STREAM);
  const counts = new Uint16Array(resamples * rows);
  const cumulative = weights === null ? null : cumulated(weights);
  const drawn = weights === null ? rows : Math.max(1, Math.round(effectiveRows(weights)));
  for (let resample = 0; resample < resamples; resample++) {
    const start = resample * rows;
    for (let draw = 0; draw < drawn; draw++) {
      const at = start + (cumulative === null ? random.int(rows) : rowAt(cumulative, random.uniform()));
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return { resamples, rows, drawn, counts };
}

/** Sums of the weights up to each row. */
function cumulated(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((weight) => (sum += weight));
}

/** The first row at which the sum is above a share of the whole. */
function rowAt(cumulative: Float64Array, share: number): number {
  const target = share * (cumulative.at(-1) ?? 0);
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 0) > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** H(0)..H(n), H(k) = 1 + 1/2 + ... + 1/k. */
function harmonicNumbers(n: number): Float64Array {
  const numbers = new Float64Array(n + 1);
  for (let k = 1; k <= n; k++) numbers[k] = (numbers[k - 1] ?? 0) + 1 / k;
  return numbers;
}

/**
 * E-AURC of scores in each resample. Rows are sorted once; a resample costs one pass, since the sum of the risks inside a
 * group of s tied rows after R rows with F failures, at a failure rate q, is s q + (F - q R)(H(R + s) - H(R)).
 */
export function resampledEaurc(scores: Float64Array, failures: Uint8Array, draws: Draws): Float64Array {
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const sorted = Float64Array.from(order, (row) => scores[row] ?? 0);
  const failed = Uint8Array.from(order, (row) => failures[row] ?? 0);
  const harmonic = harmonicNumbers(draws.drawn);
  return Float64Array.from({ length: draws.resamples }, (_, resample) => {
    const counts = draws.counts.subarray(resample * draws.rows, (resample + 1) * draws.rows);
    return weightedEaurc(sorted, failed, order, counts, draws.drawn, harmonic);
  });
}

function weightedEaurc(sorted: Float64Array, failed: Uint8Array, order: Int32Array, counts: Uint16Array, n: number, harmonic: Float64Array): number {
  let rows = 0;
  let failures = 0;
  let sum = 0;
  for (let at = 0; at < sorted.length; ) {
    const score = sorted[at];
    let size = 0;
    let failing = 0;
    for (; at < sorted.length && sorted[at] === score; at++) {
      const count = counts[order[at] ?? 0] ?? 0;
      size += count;
      failing += count * (failed[at] ?? 0);
    }
    if (size === 0) continue;
    const rate = failing / size;
    sum += failing + (failures - rate * rows) * ((harmonic[rows + size] ?? 0) - (harmonic[rows] ?? 0));
    rows += size;
    failures += failing;
  }
  const successes = n - failures;
  const optimum = failures - successes * ((harmonic[n] ?? 0) - (harmonic[successes] ?? 0));
  return Math.max(0, sum - optimum) / n;
}
