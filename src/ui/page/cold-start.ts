import type { ModelSummary } from './types.js';

/** Whether 1 - confidence is answered before there is a meta-model: a regression and a custom model have no confidence. */
export function hasConfidence({ task }: Pick<ModelSummary, 'task'>): boolean {
  return task === 'classification' || task === 'binary';
}

const SCORED = 'No meta-model serves yet: failure probabilities are 1 − confidence. Predictions let a label-free one be trained; ground truths, by the API or in the review queue, one that they calibrate.';
const UNSCORED = 'No meta-model serves yet, and this task has no confidence: every prediction is sent to review without a failure probability, until ground truths, by the API or in the review queue, let one be trained.';

/** What a cold start means for a model, in a sentence. */
export function coldStartWords(model: Pick<ModelSummary, 'task'>): string {
  return hasConfidence(model) ? SCORED : UNSCORED;
}
