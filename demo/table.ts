import Table from 'cli-table3';
import type { MetaModelsBody } from './client.js';
import type { Figures, Quality, VersionTraffic } from './figures.js';

const digits = (value: number | null, places = 4) => (value === null ? 'n/a' : value.toFixed(places));
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '';
  const relative = after / before - 1;
  return `${relative <= 0 ? '-' : '+'}${(100 * Math.abs(relative)).toFixed(0)} %`;
}

const MEASURES: readonly (readonly [keyof Quality, string, string])[] = [
  ['auroc', 'AUROC', 'higher is better'],
  ['aurc', 'AURC', 'lower is better'],
  ['eaurc', 'E-AURC', 'lower is better'],
  ['brier', 'Brier', 'lower is better'],
  ['ece', 'ECE', 'lower is better'],
];

/** The closing table of the demo. */
export function figuresTable(figures: Figures): string {
  const table = new Table({ head: ['', 'cold start (1 - confidence)', 'champion', 'change', ''], style: { head: [], border: [] } });
  for (const [key, name, direction] of MEASURES) {
    const before = figures.cold_start[key];
    const after = figures.champion[key];
    table.push([name, digits(before), digits(after), change(before, after), direction]);
  }
  table.push(['failures in the riskiest 10 %', percent(figures.failures_in_least_confident_tenth), percent(figures.failures_in_riskiest_tenth), '', 'higher is better']);
  return table.toString();
}

/** What the figures are over, in words: no gain without error rate, labels, labelled failures and rho. */
export function figuresCaption(figures: Figures): string {
  const rho = figures.ground_truths / figures.base_training_rows;
  return [
    `${figures.rows} predictions made after the last ${figures.promoted ? 'promotion' : 'retraining (nothing was promoted)'}; meta-model version ${figures.meta_version}.`,
    `Base model: ${percent(figures.base_error_rate)} wrong, trained on ${figures.base_training_rows} rows.`,
    `Ground truths: ${figures.ground_truths} (${figures.labelled_failures} failures), rho = ${rho.toFixed(2)} labels per row of base training.`,
  ].join('\n');
}

function learnedFrom({ rows, failures, unlabelled_rows: unlabelled }: MetaModelsBody['meta_models'][number]['training']): string {
  return rows === 0 ? `${unlabelled ?? 0} predictions, no label` : `${rows} labels, ${failures} failures`;
}

/** How the meta-models got better while the stream ran: what each learned from, and how it did on the traffic that it scored. */
export function historyTable(history: MetaModelsBody['meta_models'], traffic: readonly VersionTraffic[]): string {
  const table = new Table({ head: ['meta-model', 'learned from', 'live rows scored', 'E-AURC of 1 - confidence', 'its E-AURC', 'change'], style: { head: [], border: [] } });
  const versions = new Set([...traffic.map(({ version }) => version), ...history.map(({ version }) => version)]);
  for (const version of [...versions].sort((a, b) => a - b)) {
    const model = history.find((each) => each.version === version);
    const seen = traffic.find((each) => each.version === version);
    const before = seen?.cold_start.eaurc ?? null;
    const after = seen?.champion.eaurc ?? null;
    const name = version === 0 ? 'cold start' : `${version} (${model?.state ?? ''})`;
    const labels = model === undefined ? '' : learnedFrom(model.training);
    table.push([name, labels, seen === undefined ? (model?.state === 'champion' ? 'the next' : '0') : String(seen.rows), seen === undefined ? '' : digits(before), seen === undefined ? '' : digits(after), version === 0 ? '' : change(before, after)]);
  }
  return table.toString();
}
