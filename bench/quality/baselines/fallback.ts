import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { LabelledRows, Rows, Scores } from '../baseline.js';
import { failureLogOdds } from './class-scores.js';

/** Failures and successes among labelled rows. */
export function outcomeCounts({ failures }: LabelledRows): { readonly failed: number; readonly succeeded: number } {
  let failed = 0;
  for (const failure of failures) failed += failure;
  return { failed, succeeded: failures.length - failed };
}

/** Whether there is anything to tell apart: at least `least` failures and as many successes. */
export function hasBothOutcomes(labelled: LabelledRows, least = 1): boolean {
  const { failed, succeeded } = outcomeCounts(labelled);
  return Math.min(failed, succeeded) >= least;
}

/**
 * Maximum softmax probability as a ranking: what a ranking baseline that could not be fitted falls back to. It does not call
 * itself a probability, so that a baseline is judged by the same figures whether it was fitted or not.
 */
export async function rankingFallback(rows: Rows): Promise<Scores> {
  return { scores: sigmoids(failureLogOdds(rows)), areProbabilities: false };
}
