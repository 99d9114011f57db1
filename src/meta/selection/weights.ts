import { choiceProbability } from '../../ledger/choice.js';

/** A labelled row stands for at most so many: one with a tiny probability of being chosen must not decide alone. */
export const MOST_WEIGHT = 50;

/**
 * Clipped inverse-propensity weights (Horvitz and Thompson 1952): a labelled row stands for 1 / (the probability with which it was chosen), at most
 * `MOST_WEIGHT`; one whose probability is not known (0) stands for itself. Scaled to sum to the effective number of rows (Kish 1965), so
 * that a few heavy rows are not taken for many. Null where all weights are the same.
 */
export function selectionWeights(choices: Uint16Array): Float64Array | null {
  if (choices.every((choice) => choice === choices[0])) return null;
  const weights = Float64Array.from(choices, (choice) => Math.min(MOST_WEIGHT, 1 / (choiceProbability(choice) ?? 1)));
  const scale = effectiveRows(weights) / sumOf(weights);
  return weights.map((weight) => weight * scale);
}

/** (sum w)^2 / sum w^2: how many rows of equal weight say as much. */
export function effectiveRows(weights: Float64Array): number {
  let squares = 0;
  for (const weight of weights) squares += weight * weight;
  return squares === 0 ? 0 : sumOf(weights) ** 2 / squares;
}

/** Mean under weights (null: equal ones); 0 of nothing. */
export function weightedMean(values: Float32Array | Float64Array, weights: Float64Array | null): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights === null ? 1 : (weights[i] ?? 0);
    sum += weight * (values[i] ?? 0);
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}

/** Mean under weights (null: equal ones) and its standard error; 0 of nothing. */
export function meanWithError(values: Float32Array | Float64Array, weights: Float64Array | null): { readonly mean: number; readonly error: number } {
  const mean = weightedMean(values, weights);
  let [squares, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights === null ? 1 : (weights[i] ?? 0);
    squares += (weight * ((values[i] ?? 0) - mean)) ** 2;
    total += weight;
  }
  return { mean, error: total === 0 ? 0 : Math.sqrt(squares) / total };
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
