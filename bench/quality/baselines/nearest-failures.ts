import { logLosses, mean } from '../../../src/meta/evaluation/losses.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { hasBothOutcomes, outcomeCounts } from './fallback.js';
import { nearestRows } from './nearest-rows.js';
import { fitPlatt } from './platt.js';
import { fitScaledColumns } from './scaled-columns.js';

/** Large first, so that of equal losses the smoother rule wins. */
export const NEIGHBOURS = [100, 50, 30, 20, 10, 5, 3, 2, 1] as const;

/**
 * rows: (failures among the first k neighbours + rate) / (k + 1). The failure rate counts as one more neighbour, since a share
 * of 0 or 1 is no probability. `nearest` is rows x stride.
 */
export function failureShares(nearest: Int32Array, stride: number, k: number, failures: Uint8Array, rate: number): Float64Array {
  return Float64Array.from({ length: nearest.length / stride }, (_, i) => {
    let failed = rate;
    for (let j = 0; j < k; j++) failed += failures[nearest[i * stride + j]!]!;
    return failed / (k + 1);
  });
}

async function fitNearestFailures(labelled: LabelledRows) {
  const { rows, inputWidth, inputs, failures } = labelled;
  const columns = inputWidth === 0 || !hasBothOutcomes(labelled) ? null : fitScaledColumns(inputs, rows, inputWidth);
  if (columns === null) return fitPlatt(labelled);
  const stored = { rows, width: columns.width, data: await columns.apply(inputs) };
  const rate = (outcomeCounts(labelled).failed + 1) / (rows + 2);
  const sizes = NEIGHBOURS.filter((size) => size < rows);
  const most = sizes[0] ?? 1;
  const others = await nearestRows(stored, stored, most, true);
  let best = { size: most, loss: Infinity };
  for (const size of sizes) {
    const loss = mean(logLosses(failureShares(others, most, size, failures, rate), failures)) ?? Infinity;
    if (loss < best.loss) best = { size, loss };
  }
  return async (queried: Rows) => {
    const queries = { rows: queried.rows, width: columns.width, data: await columns.apply(queried.inputs) };
    const nearest = await nearestRows(queries, stored, best.size, false);
    return { scores: failureShares(nearest, best.size, best.size, failures, rate), areProbabilities: true };
  };
}

/**
 * Nearest labelled neighbours (Cover and Hart 1967): the share of failures among the k labelled rows whose inputs are nearest,
 * k from 1 to 100 by leave-one-out log loss. With one outcome or without varying inputs: Platt-scaled MSP.
 */
export const nearestFailures: Baseline = { name: 'nearest labelled rows', needs: 'labels', competes: true, fit: fitNearestFailures };
