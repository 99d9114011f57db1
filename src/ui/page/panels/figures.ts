import { h } from '../dom.js';
import { count, percent, shortCount } from '../format.js';
import type { Breakdown, Report, RiskPolicy, Timeline } from '../types.js';

interface Known {
  readonly timeline: Timeline;
  readonly breakdown: Breakdown | null;
  readonly report: Report | null;
  readonly policy: RiskPolicy | null;
}

const UNSCORED = 'no failure probability yet';

const figure = (name: string, value: string, note: string, colour = '') => h('div', { class: 'figure' }, h('dt', {}, name), h('dd', { class: colour }, value, h('small', {}, note)));

/** The figures of a model at a glance. */
export function figures({ timeline, breakdown, report, policy }: Known): HTMLElement {
  const { total } = timeline;
  const hours = Math.max(1 / 60, (Date.parse(timeline.to) - Date.parse(timeline.from)) / 3_600_000);
  return h(
    'dl', { class: 'figures' },
    figure('Predictions', shortCount(total.predictions), `${count(total.predictions / hours / 60)} a minute`),
    figure('Predicted to fail', percent(total.expected_failure_rate), total.scored === 0 ? UNSCORED : `about ${count(total.expected_failures)} predictions`, 'predicted'),
    figure('Observed to fail', percent(total.observed_failure_rate), total.labelled === 0 ? 'no ground truth yet' : `${count(total.failures)} of ${count(total.labelled)} labelled`, 'observed'),
    figure('Predicted on the labelled', percent(total.labelled_expected_failure_rate), calibrationWords(timeline)),
    figure('Sent to review', reviewShare(breakdown), total.scored === 0 ? UNSCORED : policy?.threshold == null ? 'no threshold yet' : `failure probability above ${policy.threshold.toFixed(3)}`),
    gain(report),
  );
}

function calibrationWords({ total }: Timeline): string {
  const { observed_failure_rate: observed, labelled_expected_failure_rate: expected } = total;
  if (observed === null || expected === null) return 'nothing to compare with yet';
  const points = (observed - expected) * 100;
  if (Math.abs(points) < 0.05) return 'just what was observed';
  return `${Math.abs(points).toFixed(1)} points ${points > 0 ? 'fewer' : 'more'} than observed`;
}

function reviewShare(breakdown: Breakdown | null): string {
  return breakdown === null || breakdown.searched.rows === 0 ? '–' : percent(breakdown.reviews / breakdown.searched.rows);
}

/** E-AURC of the failure probability against that of the confidence, on the same rows. */
function gain(report: Report | null): HTMLElement {
  const mine = report?.champion.eaurc ?? null;
  const base = report?.confidence_baseline.eaurc ?? null;
  const name = 'Against the confidence';
  if (report === null || mine === null || base === null || base === 0) return figure(name, '–', 'no failure known yet');
  const change = mine / base - 1;
  const who = report.meta_version === null ? '' : ` of v${report.meta_version}`;
  const words = `ranking error (E-AURC)${who} ${mine.toFixed(4)}, of the confidence ${base.toFixed(4)}`;
  if (Math.abs(change) < 0.005) return figure(name, 'equal', words);
  return figure(name, `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(0)} %`, words, change < 0 ? 'good-ink' : 'bad-ink');
}
