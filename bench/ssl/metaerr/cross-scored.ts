import { otherRows, pickRows } from '../../../src/meta/training/pick-rows.js';
import type { UnlabelledRows } from '../../../src/meta/training/window.js';
import type { LoggedRows } from '../../quality/product/logged-rows.js';
import { scoreRows } from './fold-scores.js';
import { PARTS, poolParts } from './pool-parts.js';

/**
 * Failure logits of unlabelled rows, each by a meta-model (`fit` gives its graph) that has learnt from the rows of the other parts, never from the
 * one that it scores. `features`: what is learnt from, rows x width.
 */
export async function crossScored(
  pool: LoggedRows, features: Float32Array, seed: number, fit: (unlabelled: UnlabelledRows) => Promise<Uint8Array>,
): Promise<Float64Array> {
  const all = new Float64Array(pool.rows).fill(NaN);
  for (const own of poolParts(pool.rows, PARTS, seed)) {
    const others = otherRows(pool.rows, own);
    const onnx = await fit({ rows: others.length, features: pickRows(features, pool.width, others) });
    const scores = await scoreRows(onnx, pool, own);
    own.forEach((row, at) => (all[row] = scores[at]!));
  }
  return all;
}
