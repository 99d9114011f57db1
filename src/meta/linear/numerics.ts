/** ln(1 + e^z) without overflow. */
export function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

/** 1 / (1 + e^-z) without overflow. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** ln(p / (1 - p)). */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** Log loss of one outcome (1 = failure) under a failure logit. */
export function logLossOfLogit(z: number, failure: number): number {
  return failure === 1 ? softplus(-z) : softplus(z);
}

/** The weight of a row; 1 where there are none. */
export function weightAt(weights: Float64Array | null, row: number): number {
  return weights === null ? 1 : weights[row]!;
}

/** Log loss in nats of outcomes under failure logits, each row times its weight; all have n elements. */
export function totalLogLoss(logits: Float64Array, failures: Uint8Array, weights: Float64Array | null = null): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += weightAt(weights, i) * logLossOfLogit(logits[i]!, failures[i]!);
  return sum;
}

/** Mean log loss of outcomes under failure logits; all have n elements. */
export function meanLogLoss(logits: Float64Array, failures: Uint8Array, weights: Float64Array | null = null): number {
  const total = weights === null ? logits.length : weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : totalLogLoss(logits, failures, weights) / total;
}

/** Element-wise `sigmoid`. */
export function sigmoids(logits: Float64Array): Float64Array {
  return logits.map(sigmoid);
}

/** Failure logits of one expert stay within +-16. */
export function clipScore(logit: number): number {
  return Math.min(16, Math.max(-16, logit));
}

/** The failure logit of label y under softmax(z): ln sum_{k != y} exp z_k - z_y. */
export function failureLogitOf(logits: Float64Array, label: number): number {
  let largest = -Infinity;
  for (let k = 0; k < logits.length; k++) if (k !== label) largest = Math.max(largest, logits[k]!);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) if (k !== label) sum += Math.exp(logits[k]! - largest);
  return largest + Math.log(sum) - logits[label]!;
}
