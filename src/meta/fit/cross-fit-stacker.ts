import type { Division } from '../linear/folds.js';
import type { StackerPrior } from '../linear/guard.js';
import { heldOutScores } from '../linear/out-of-fold.js';
import { fitStacker, stack } from '../linear/stacker.js';

/**
 * Out-of-fold logits of the stacked score: the stacker itself is fitted without the fold that it is applied to, so
 * that the recipe gets no advantage over the anchor from its five extra numbers.
 */
export function crossFitStacker(
  scores: readonly Float64Array[], failures: Uint8Array, prior: StackerPrior, divisions: readonly Division[],
  weights: Float64Array | null = null,
): Float64Array {
  return heldOutScores(failures.length, divisions, (division, k, write) => {
    const logits = stack(scores, fitStacker(scores, failures, prior, division.training[k], weights));
    for (const row of division.heldOut[k]!) write(row, logits[row]!);
  });
}
