/** Probabilities are kept this far from 0 and 1 in the log loss, so one certain mistake costs 34.5 and not infinity. */
export const LOG_LOSS_CLIP = 1e-15;

/** Squared errors (p - failure)^2, one a row (Brier 1950). */
export function brierLosses(probabilities: Float64Array, failures: Uint8Array): Float64Array {
  return probabilities.map((p, row) => (p - (failures[row] ?? 0)) ** 2);
}

/** Negative natural logarithms of the probability given to what happened, one a row; clipped at LOG_LOSS_CLIP. */
export function logLosses(probabilities: Float64Array, failures: Uint8Array): Float64Array {
  return probabilities.map((probability, row) => {
    const p = Math.min(Math.max(probability, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP);
    return failures[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/** The mean; null of an empty array. */
export function mean(values: Float64Array): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}
