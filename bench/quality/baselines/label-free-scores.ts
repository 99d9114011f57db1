import { sigmoid, softplus } from '../../../src/meta/linear/numerics.js';
import type { Rows } from '../baseline.js';
import { classProbabilities, classScores, failureLogOdds, largestOf } from './class-scores.js';

/** rows: minus the largest class score. */
export function largestScores(rows: Rows): Float64Array {
  const scores = classScores(rows);
  return Float64Array.from({ length: rows.rows }, (_, i) => -largestOf(scores, i * rows.classes, (i + 1) * rows.classes));
}

/** rows: -ln sum exp logits; zeros without logits. */
export function logSums({ rows, classes, logits }: Rows): Float64Array {
  // Computed from normalized log-probabilities it would rank rows by rounding errors.
  if (logits === null) return new Float64Array(rows);
  return Float64Array.from({ length: rows }, (_, i) => {
    const largest = largestOf(logits, i * classes, (i + 1) * classes);
    let sum = 0;
    for (let k = i * classes; k < (i + 1) * classes; k++) sum += Math.exp(logits[k]! - largest);
    return -largest - Math.log(sum);
  });
}

/** rows: 1 - (p1 - p2), as the sum of 1 - p1 and p2. */
export function marginGaps(rows: Rows): Float64Array {
  const probabilities = classProbabilities(rows);
  return failureLogOdds(rows).map((logOdds, i) => {
    let second = 0;
    eachOther(rows, i, (k) => (second = Math.max(second, probabilities[k]!)));
    return sigmoid(logOdds) + second;
  });
}

/** rows: -sum p ln p; the term of the predicted class from its log-odds, so that it keeps its digits near p = 1. */
export function dispersion(rows: Rows): Float64Array {
  const probabilities = classProbabilities(rows);
  return failureLogOdds(rows).map((logOdds, i) => {
    let sum = sigmoid(-logOdds) * softplus(logOdds);
    eachOther(rows, i, (k) => (sum -= probabilities[k]! > 0 ? probabilities[k]! * Math.log(probabilities[k]!) : 0));
    return sum;
  });
}

/** rows: (1 - g) / g; 1 - g as sum p (1 - p), whose factors 1 - p do not cancel. */
export function giniOdds(rows: Rows): Float64Array {
  const probabilities = classProbabilities(rows);
  return failureLogOdds(rows).map((logOdds, i) => {
    const first = sigmoid(-logOdds);
    let squares = first * first;
    let rest = first * sigmoid(logOdds);
    eachOther(rows, i, (k) => {
      const p = probabilities[k]!;
      squares += p * p;
      rest += p * (1 - p);
    });
    return rest / squares;
  });
}

/** rows: (1 - p) / p of the predicted class. */
export function failureOdds(rows: Rows): Float64Array {
  return failureLogOdds(rows).map(Math.exp);
}

/** Visits the positions (in rows x classes) of every class of a row but the predicted one. */
function eachOther({ classes, predicted }: Rows, row: number, visit: (position: number) => void): void {
  for (let k = 0; k < classes; k++) if (k !== predicted[row]) visit(row * classes + k);
}
