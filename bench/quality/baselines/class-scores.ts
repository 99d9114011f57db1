import type { Rows } from '../baseline.js';

/**
 * rows x classes: the base model's logits; its log-probabilities where it gives probabilities only. Both have the same softmax; the
 * logits come first because no floor ties their most confident rows.
 */
export function classScores({ logits, logProbabilities }: Rows): Float64Array {
  return logits ?? logProbabilities;
}

/** rows x classes: softmax(class scores / temperature). */
export function classProbabilities(rows: Rows, temperature = 1): Float64Array {
  const { classes } = rows;
  const scores = classScores(rows);
  const probabilities = new Float64Array(scores.length);
  for (let base = 0; base < scores.length; base += classes) {
    const largest = largestOf(scores, base, base + classes);
    let sum = 0;
    for (let k = base; k < base + classes; k++) sum += probabilities[k] = Math.exp((scores[k]! - largest) / temperature);
    for (let k = base; k < base + classes; k++) probabilities[k]! /= sum;
  }
  return probabilities;
}

/** rows: ln((1 - p) / p) of the predicted class's probability p at a temperature, without ever forming 1 - p. */
export function failureLogOdds(rows: Rows, temperature = 1): Float64Array {
  const { classes, predicted } = rows;
  const scores = classScores(rows);
  return Float64Array.from(predicted, (label, i) => {
    const base = i * classes;
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) if (k !== label) largest = Math.max(largest, scores[base + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) if (k !== label) sum += Math.exp((scores[base + k]! - largest) / temperature);
    return (largest - scores[base + label]!) / temperature + Math.log(sum);
  });
}

/** The largest of the values at `from` to `to` - 1. */
export function largestOf(values: Float64Array, from: number, to: number): number {
  let largest = -Infinity;
  for (let k = from; k < to; k++) largest = Math.max(largest, values[k]!);
  return largest;
}
