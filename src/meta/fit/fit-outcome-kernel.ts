import type { LinearExpertData } from '../experts/linear-experts.js';
import { emitOutcomeScore, outcomeScore, type OutcomeRegression } from '../kernel/outcome-score.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { Division } from '../linear/folds.js';
import { failureRate, fitValueKernel, type OutcomePoints, type ValueKernel } from './fit-value-kernel.js';

/** The kernel expert where no classes are known: a regression on the failures among the inputs, re-scaled beside the anchor. */
export type OutcomeKernel = ValueKernel<OutcomeRegression>;

/** Gamma by the inverse of the median squared distance, chosen on seeds 101 to 103 of the outcomes benchmark. */
const SHARPNESS = 4;

export async function fitOutcomeKernel(place: OutcomePoints, data: LinearExpertData, divisions: readonly Division[], hooks: RidgeHooks): Promise<OutcomeKernel> {
  const { failures } = data;
  const rate = failureRate(data);
  const values = { targets: Float32Array.from(failures, (failure) => failure - rate), known: Int32Array.from(failures.keys()), sharpness: SHARPNESS };
  return fitValueKernel<OutcomeRegression>(place, values, { complete: (plain) => ({ ...plain, rate }), score: outcomeScore, emit: emitOutcomeScore }, data, divisions, hooks);
}
