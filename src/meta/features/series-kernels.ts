import { createRandom } from '../training/random.js';
import type { Random } from '../training/random.js';
import { LEAST_LENGTH } from './series-plan.js';

const SEED = 20_261_129;
export const KERNEL_LENGTH = 7;
/** Root of the sum of squares of a kernel's weights, against thresholds up to 1: what a kernel looks for stands out of noise by this much. */
const KERNEL_NORM = 3;
/** Of a series whose length is known only at run time. */
const VARIABLE_LENGTH = 256;

/** One level of detail, and the kernels that look at it. */
export interface SeriesLevel {
  /** Steps that are averaged into one; every half of them begins another. */
  readonly window: number;
  /** Between the values that a kernel looks at, so that windows of one kernel do not overlap. */
  readonly dilation: number;
  readonly kernels: number;
  /** kernels x channels x KERNEL_LENGTH. Of each kernel the weights of a channel sum to 0. */
  readonly weights: Float32Array;
  /** Added to what a kernel gives, one each. */
  readonly thresholds: Float32Array;
}

/** Windows of 1, 2, 4, ... steps, as long as two kernels side by side fit into the series. */
export function seriesWindows(length: number | null): readonly number[] {
  const windows = [1];
  for (let window = 2; (length ?? VARIABLE_LENGTH) / window >= 2 * KERNEL_LENGTH; window *= 2) windows.push(window);
  return windows;
}

/** The shortest series that every level has room for; shorter ones are filled up. */
export function leastLength(windows: readonly number[]): number {
  return Math.max(LEAST_LENGTH, ...windows);
}

/** Fixed-seed random kernels, spread evenly over the levels, finer ones first. Each looks at one or a few of the channels (as in ROCKET: Dempster et al. 2020). */
export function seriesLevels(length: number | null, channels: number, kernels: number): readonly SeriesLevel[] {
  const windows = seriesWindows(length);
  return windows.map((window, level) => {
    const random = createRandom(SEED, level);
    const count = Math.floor(kernels / windows.length) + (level < kernels % windows.length ? 1 : 0);
    const weights = new Float32Array(count * channels * KERNEL_LENGTH);
    const thresholds = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      fillKernel(weights.subarray(k * channels * KERNEL_LENGTH, (k + 1) * channels * KERNEL_LENGTH), channels, random);
      thresholds[k] = 2 * random.uniform() - 1;
    }
    return { window, dilation: window === 1 ? 1 : 2, kernels: count, weights, thresholds };
  });
}

/** One kernel, channels x KERNEL_LENGTH. */
function fillKernel(kernel: Float32Array, channels: number, random: Random): void {
  const order = Int32Array.from({ length: channels }, (_, channel) => channel);
  random.shuffle(order);
  const most = Math.min(channels, KERNEL_LENGTH);
  for (const channel of order.subarray(0, Math.floor((most + 1) ** random.uniform()))) {
    const own = kernel.subarray(channel * KERNEL_LENGTH, (channel + 1) * KERNEL_LENGTH);
    for (let i = 0; i < KERNEL_LENGTH; i++) own[i] = random.normal();
    const mean = own.reduce((sum, weight) => sum + weight, 0) / KERNEL_LENGTH;
    for (let i = 0; i < KERNEL_LENGTH; i++) own[i] = (own[i] ?? 0) - mean;
  }
  const norm = Math.sqrt(kernel.reduce((sum, weight) => sum + weight ** 2, 0));
  for (let i = 0; i < kernel.length; i++) kernel[i] = ((kernel[i] ?? 0) * KERNEL_NORM) / norm;
}

/** Random signs by the root of the channels, channels x seen: sums of independent channels of mean square 1 have mean square 1. */
export function channelMix(channels: number, seen: number): Float32Array {
  const random = createRandom(SEED, channels + VARIABLE_LENGTH);
  return Float32Array.from({ length: channels * seen }, () => (random.uniform() < 0.5 ? 1 : -1) / Math.sqrt(channels));
}
