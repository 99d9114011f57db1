import { createRandom } from '../../../src/meta/training/random.js';

const RESAMPLES = 2000;
const STREAM = 0x554;

export interface Estimate {
  readonly value: number;
  /** 95 % percentile interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * A statistic of seeds and its bootstrap interval (Efron and Tibshirani 1993): seeds are drawn anew, the same for every set and method, so that
 * differences are paired. `statistic` gets indexes of seeds.
 */
export function resampled(seeds: number, statistic: (drawn: Int32Array) => number): Estimate {
  const random = createRandom(seeds, STREAM);
  const values = Float64Array.from({ length: RESAMPLES }, () => statistic(Int32Array.from({ length: seeds }, () => random.int(seeds)))).sort();
  const at = (share: number): number => values[Math.round(share * (RESAMPLES - 1))] ?? NaN;
  return { value: statistic(Int32Array.from({ length: seeds }, (_, seed) => seed)), low: at(0.025), high: at(0.975) };
}

/** The mean of the values at the drawn indexes. */
export function meanAt(values: readonly number[], drawn: Int32Array): number {
  return drawn.reduce((sum, index) => sum + (values[index] ?? NaN), 0) / drawn.length;
}
