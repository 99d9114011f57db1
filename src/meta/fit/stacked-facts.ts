import { READ_EXPERTS, type ReadExpert } from './stacked-columns.js';
import type { ExpertName } from './types.js';

/** What is known of a fit before its experts' word is corrected. */
export interface StackedFactSource {
  /** Labelled rows, and failures among them. */
  readonly rows: number;
  readonly failures: number;
  readonly classes: number;
  /** Mean out-of-fold log loss of the stacked score and of each expert that there is. */
  readonly stackedLoss: number;
  readonly losses: Readonly<Partial<Record<ExpertName, number>>>;
  readonly weights: Readonly<Partial<Record<ExpertName, number>>>;
  readonly intercept: number;
  /** Facts of the label-free meta-model. */
  readonly labelFree: Float32Array;
}

/** By what the columns of the experts are to be read: how much they could learn from, how well each did on it, and how they were put together. */
export function stackedFacts({ rows, failures, classes, stackedLoss, losses, weights, intercept, labelFree }: StackedFactSource): Float32Array {
  const ofEach = (value: (name: ReadExpert) => number): number[] => READ_EXPERTS.map(value);
  return Float32Array.of(
    Math.log(rows), Math.log(Math.max(1, failures)), failures / rows, Math.log(rows / classes), stackedLoss,
    ...ofEach((name) => (losses[name] ?? stackedLoss) - stackedLoss), ...ofEach((name) => weights[name] ?? 0), intercept,
    ...labelFree,
  );
}
