import { fill, h } from '../dom.js';
import { ago, count, percent } from '../format.js';
import type { RiskPolicy } from '../types.js';
import { panel, type Panel } from './panel.js';

const KINDS: Readonly<Record<RiskPolicy['policy']['kind'], string>> = { target_risk: 'keeps a risk', review_budget: 'keeps a review budget', fixed_threshold: 'fixed threshold' };

type Fact = readonly [name: string, value: string | HTMLElement] | null;

/** How decisions are made. */
export class PolicyPanel {
  readonly panel: Panel = panel('Decisions', '', '');

  show(policy: RiskPolicy): void {
    const { status, threshold, message, calibration, so_far: soFar, more_ground_truths: more } = policy;
    const inForce = status === 'in_force';
    this.panel.say(KINDS[policy.policy.kind]);
    const facts: Fact[] = [
      ['Threshold', threshold === null ? 'none: every decision is review' : `accept up to ${threshold.toFixed(4)}`],
      goal(policy),
      calibration.risk_bound === null ? null : ['Promised', `at most ${percent(calibration.risk_bound)} of the accepted fail`],
      calibration.expected_coverage === null ? null : ['Accepted', `about ${percent(calibration.expected_coverage)} of predictions`],
      soFar.accepted === 0 ? null : ['So far', soFarWords(policy)],
      more !== null && more > 0 ? ['Missing', `about ${count(more)} ground truths`] : null,
      calibration.rows === 0 ? null : ['Computed', `${ago(policy.calibrated_at)} from ${count(calibration.rows)} rows`],
    ];
    fill(
      this.panel.body,
      h('div', { class: 'row' }, h('span', { class: inForce ? 'pill good' : 'pill warn' }, inForce ? 'in force' : 'no threshold yet')),
      h('dl', { class: 'facts' }, ...facts.filter((fact) => fact !== null).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
      h('p', { class: 'small faint' }, message),
    );
  }
}

function goal({ policy }: RiskPolicy): Fact {
  if (policy.target_risk !== null) return ['Target', `${percent(policy.target_risk)} of the accepted, with ${percent(policy.confidence)} confidence`];
  return policy.review_budget === null ? null : ['Budget', `${percent(policy.review_budget)} to review`];
}

function soFarWords({ policy, so_far: { accepted, accepted_failures: failures, accepted_failure_rate: rate } }: RiskPolicy): HTMLElement {
  const broken = policy.target_risk !== null && rate !== null && rate > policy.target_risk;
  return h('span', { class: broken ? 'bad-ink' : '' }, `${count(failures)} of ${count(accepted)} accepted failed (${percent(rate)})`);
}
