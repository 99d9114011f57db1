import type { Graph } from './label-spreading.js';

/** Share of a row's scores that comes from its neighbours. */
const ALPHA = 0.8;
const STEPS = 30;

/**
 * Probabilities smoothed over a graph: F <- alpha S F + (1 - alpha) P, then each row to the sum 1 (the second step of "correct and smooth":
 * Huang et al., ICLR 2021). Rows with a known label have it as their P.
 */
export function smoothed({ from, to, weights }: Graph, start: Float64Array, classes: number): Float64Array {
  const rows = start.length / classes;
  let scores = start;
  for (let step = 0; step < STEPS; step++) {
    const next = start.map((value) => (1 - ALPHA) * value);
    for (let row = 0; row < rows; row++) {
      for (let at = from[row]!; at < from[row + 1]!; at++) {
        const weight = ALPHA * weights[at]!;
        const source = to[at]! * classes;
        for (let k = 0; k < classes; k++) next[row * classes + k]! += weight * scores[source + k]!;
      }
    }
    scores = next;
  }
  for (let row = 0; row < rows; row++) {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    const sum = own.reduce((total, value) => total + value, 0);
    own.forEach((value, k) => (own[k] = value / sum));
  }
  return scores;
}
