import type { ModelFile } from './file-schema.js';

/** Faults of the risk policy, each of which names the keys that do not go together. */
export function policyFaults({ risk_policy: policy }: ModelFile, given: readonly string[]): string[] {
  if (policy === undefined) return [];
  const { target_risk: risk, confidence, review_budget: budget } = policy;
  const faults: string[] = [];
  if (risk !== undefined && budget !== undefined) {
    faults.push('risk_policy: target_risk and review_budget cannot both be given; the one is a guarantee, the other a number of reviews');
  }
  if (risk === undefined && budget === undefined) faults.push('risk_policy: target_risk or review_budget is required');
  if (confidence !== undefined && risk === undefined) faults.push('risk_policy.confidence: belongs to risk_policy.target_risk, which is not given');
  if (given.includes('review_threshold')) {
    faults.push('review_threshold: cannot be given together with risk_policy, which computes the threshold itself');
  }
  return faults;
}
