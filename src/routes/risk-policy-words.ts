import type { PolicyView } from '../jobs/contracts.js';

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function plural(count: number, noun: string): string {
  return `${count} more ${noun}${count === 1 ? '' : 's'}`;
}

/** The state of a policy as a sentence for people. */
export function policyWords(policy: PolicyView['policy'], { threshold, coverage, moreLabels, morePredictions, rows }: PolicyView['calibration']): string {
  if (policy === null) return `review_threshold decides: predictions of a failure probability above ${threshold ?? 0} are reviewed`;
  if ('review_budget' in policy) {
    if (threshold !== null) return `in force: of ${rows} recent predictions the riskiest ${percent(1 - (coverage ?? 0))} would be reviewed`;
    return morePredictions === null
      ? 'no threshold is known: the budget takes every prediction'
      : `no threshold is known yet: it takes ${plural(morePredictions, 'prediction')}; until then every decision is review`;
  }
  const risk = `a risk of ${percent(policy.target_risk)} with confidence ${percent(policy.confidence)}`;
  if (threshold !== null) return `in force: ${risk} at a coverage of about ${percent(coverage ?? 0)}`;
  const until = 'until then every decision is review';
  if (moreLabels !== null) return `no threshold reaches this risk yet (${risk}): it takes about ${plural(moreLabels, 'ground truth')}; ${until}`;
  return `no threshold reaches this risk yet (${risk}), and at the failure rates seen so far more ground truths alone would not change that: `
    + 'a better meta-model or a larger target_risk would; until then every decision is review';
}
