import type { ModelConfig } from '../contracts.js';
import type { ModelFile } from './file-schema.js';

const CONFIDENCE = 0.95;

/** The risk policy of a file without faults, with its default filled in; null without one. */
export function policyOf({ risk_policy: policy }: Pick<ModelFile, 'risk_policy'>): ModelConfig['risk_policy'] {
  if (policy === undefined) return null;
  const { target_risk, confidence = CONFIDENCE, review_budget } = policy;
  if (target_risk !== undefined) return { target_risk, confidence };
  return review_budget === undefined ? null : { review_budget };
}
