import { guardPrior } from '../linear/guard.js';
import { weightAt } from '../linear/numerics.js';
import { fitStacker, type StackerWeights } from '../linear/stacker.js';
import { crossFitStacker } from './cross-fit-stacker.js';
import type { FittedExperts } from './fit-experts.js';
import type { RecipeTask } from './recipe-task.js';

/** How the experts are put together. */
export interface FittedStack {
  readonly stacker: StackerWeights;
  /** Out-of-fold failure logits of the whole. */
  readonly stacked: Float64Array;
}

/** Stacker, guard and calibration in one. */
export function fitStack(task: RecipeTask, { scores, trees, isAnchored }: FittedExperts): FittedStack {
  const { window: { rows, failures, weights }, labelled: { form }, divisions } = task;
  const prior = guardPrior(fewerOutcomes(failures, weights), rows / form.references, { experts: scores.length, isAnchored, hasTrees: trees !== null });
  return { stacker: fitStacker(scores, failures, prior, null, weights), stacked: crossFitStacker(scores, failures, prior, divisions, weights) };
}

/** The weight of the rarer outcome: what the guard knows. */
function fewerOutcomes(failures: Uint8Array, weights: Float64Array | null): number {
  const sums: [number, number] = [0, 0];
  failures.forEach((failure, i) => (sums[failure === 1 ? 1 : 0] += weightAt(weights, i)));
  return Math.min(...sums);
}
