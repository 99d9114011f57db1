import { aurc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { classScores, failureLogOdds } from './class-scores.js';
import { rankingFallback } from './fallback.js';

/** 0 is no normalization: the centred max logit. */
const NORMS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/**
 * rows: minus the largest centred class score over the p-norm of the centred class scores. Centring takes away what the
 * softmax forgets, so log-probabilities serve as well as logits. A row of equal scores gets 0, the highest there is.
 */
export function pNormScores(rows: Rows, p: number): Float64Array {
  const { classes } = rows;
  const scores = classScores(rows);
  const centred = new Float64Array(classes);
  return Float64Array.from(rows.predicted, (label, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    let sum = 0;
    for (const score of row) sum += score;
    for (let k = 0; k < classes; k++) centred[k] = row[k]! - sum / classes;
    const size = p === 0 ? 1 : norm(centred, p);
    return size === 0 ? 0 : -centred[label]! / size;
  });
}

/** (sum |v|^p)^(1/p), the largest taken out so that high powers neither overflow nor vanish. */
function norm(values: Float64Array, p: number): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let sum = 0;
  for (const value of values) sum += (Math.abs(value) / largest) ** p;
  return largest * sum ** (1 / p);
}

/** The p of the least AURC on the labelled rows, the smallest of equals; null where none beats MSP. */
export function chooseNorm(labelled: LabelledRows): number | null {
  const areaOf = (scores: Float64Array) => aurc(tieGroups(scores, labelled.failures)) ?? 0;
  let best: { readonly p: number | null; readonly area: number } = { p: null, area: areaOf(failureLogOdds(labelled)) };
  for (const p of NORMS) {
    const area = areaOf(pNormScores(labelled, p));
    if (area < best.area) best = { p, area };
  }
  return best.p;
}

/**
 * MaxLogit-pNorm with fallback to MSP (Cattelan and Silva, UAI 2024): p from 0 to 10 tuned by AURC on the labelled rows. Also
 * without rows, or with one outcome, no p beats MSP.
 */
export const maxLogitPNorm: Baseline = {
  name: 'MaxLogit-pNorm', needs: 'labels', competes: true,
  fit: async (labelled) => {
    const p = chooseNorm(labelled);
    if (p === null) return rankingFallback;
    return async (rows: Rows) => ({ scores: pNormScores(rows, p), areProbabilities: false });
  },
};
