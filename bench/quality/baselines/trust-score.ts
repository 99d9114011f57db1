import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { exactSquaredDistance, squaredDistances, type Points } from './distances.js';
import { rankingFallback } from './fallback.js';
import { fitScaledColumns } from './scaled-columns.js';

/** Added to squared distances, the square of the authors' 1e-12: two coincident points have a ratio of 1. */
const LEAST_SQUARED_DISTANCE = 1e-24;

/**
 * queries: ln (distance to the nearest stored row of the predicted class / distance to the nearest of any other class), the
 * TrustScore's negative logarithm. 0, undecided, where either has no stored row. `labels` are the stored rows' true classes.
 */
export async function trustScores(queries: Points, predicted: Int32Array, stored: Points, labels: Int32Array): Promise<Float64Array> {
  const scores = new Float64Array(queries.rows);
  for await (const { start, queries: count, squared } of squaredDistances(queries, stored)) {
    for (let q = 0; q < count; q++) {
      const row = start + q;
      const { own, other } = nearestTwo(squared.subarray(q * stored.rows, (q + 1) * stored.rows), labels, predicted[row]!);
      if (own < 0 || other < 0) continue;
      const toOwn = exactSquaredDistance(queries, row, stored, own) + LEAST_SQUARED_DISTANCE;
      const toOther = exactSquaredDistance(queries, row, stored, other) + LEAST_SQUARED_DISTANCE;
      scores[row] = 0.5 * Math.log(toOwn / toOther);
    }
  }
  return scores;
}

/** Indexes of the nearest row of the class and of the nearest of another one; -1 for none. */
function nearestTwo(squared: Float32Array, labels: Int32Array, label: number): { readonly own: number; readonly other: number } {
  let own = -1;
  let other = -1;
  for (let s = 0; s < squared.length; s++) {
    if (labels[s] === label) {
      if (own < 0 || squared[s]! < squared[own]!) own = s;
    } else if (other < 0 || squared[s]! < squared[other]!) other = s;
  }
  return { own, other };
}

async function fitTrustScore(labelled: LabelledRows) {
  const { rows, inputWidth, inputs, truths } = labelled;
  const columns = rows === 0 || inputWidth === 0 ? null : fitScaledColumns(inputs, rows, inputWidth);
  if (columns === null || truths.every((truth) => truth === truths[0])) return rankingFallback;
  const stored = { rows, width: columns.width, data: await columns.apply(inputs) };
  return async (queried: Rows) => {
    const queries = { rows: queried.rows, width: columns.width, data: await columns.apply(queried.inputs) };
    return { scores: await trustScores(queries, queried.predicted, stored, truths), areProbabilities: false };
  };
}

/**
 * TrustScore on inputs (Jiang, Kim, Guan and Gupta, NeurIPS 2018), without their filter of outliers (alpha = 0, their
 * default). Inputs are scaled on the labelled rows. Without varying inputs or a second class: MSP.
 */
export const trustScore: Baseline = { name: 'TrustScore', needs: 'labels', competes: true, fit: fitTrustScore };
