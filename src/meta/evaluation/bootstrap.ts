import { createRandom } from '../training/random.js';
import { mean } from './losses.js';

export interface BootstrapOptions {
  /** How many times the rows are drawn anew; 1,000 settle `shareBetter` to about 0.015. */
  readonly resamples: number;
  /** Integer from 0; equal seeds give equal results. */
  readonly seed: number;
}

export interface PairedBootstrap {
  /** Mean of lossA - lossB over the rows: negative where A is better. */
  readonly meanDifference: number;
  /** Share of the resamples in which A has the smaller mean loss; equal means count one half. */
  readonly shareBetter: number;
  /** 95 % percentile interval of the mean difference. */
  readonly interval: readonly [lower: number, upper: number];
}

const STREAM = 0xb007;

/**
 * Paired bootstrap of the mean difference of the losses of two models on the same rows (Efron and Tibshirani 1993,
 * chapter 13; Koehn 2004 for the paired comparison). Throws a RangeError for no rows, arrays of different length or no
 * resamples.
 */
export function pairedBootstrap(lossA: Float64Array, lossB: Float64Array, { resamples, seed }: BootstrapOptions): PairedBootstrap {
  if (lossA.length !== lossB.length || lossA.length === 0) {
    throw new RangeError(`losses: expected two arrays of the same length of at least 1, got ${lossA.length} and ${lossB.length}`);
  }
  if (!Number.isInteger(resamples) || resamples < 1) throw new RangeError(`resamples: expected an integer of at least 1, got ${resamples}`);
  const differences = lossA.map((loss, row) => loss - (lossB[row] ?? 0));
  const means = resampledMeans(differences, resamples, seed).sort();
  return {
    meanDifference: mean(differences) ?? 0,
    shareBetter: shareBelowZero(means),
    interval: [percentile(means, 0.025), percentile(means, 0.975)],
  };
}

function resampledMeans(values: Float64Array, resamples: number, seed: number): Float64Array {
  const random = createRandom(seed, STREAM);
  const n = values.length;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[random.int(n)] ?? 0;
    means[r] = sum / n;
  }
  return means;
}

function shareBelowZero(means: Float64Array): number {
  let better = 0;
  for (const value of means) better += value < 0 ? 1 : value === 0 ? 0.5 : 0;
  return better / means.length;
}

/** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below] ?? 0;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] ?? lower;
  return lower + (position - below) * (upper - lower);
}
