import { ReliabilityChart } from '../charts/reliability.js';
import { RiskCoverageChart } from '../charts/risk-coverage.js';
import { fill, h } from '../dom.js';
import { count, decimals } from '../format.js';
import type { Evaluation, MetaModel, Report } from '../types.js';
import { legendEntry, panel, type Panel } from './panel.js';

const NO_LABELS = 'Nothing is labelled yet. When ground truths come, this shows whether failure probabilities can be taken at their word.';

const answeredBy = (version: number | null): string => (version === null ? 'as answered' : `as answered by v${version}`);

/** Whether failure probabilities come true. */
export class ReliabilityPanel {
  readonly panel: Panel = panel('Reliability', 'on the diagonal, what was promised came', 'w4');
  readonly #chart = new ReliabilityChart();
  readonly #legend = h('div', { class: 'legend' });

  show({ champion, confidence_baseline: baseline, meta_version: version }: Report): void {
    if (champion.rows === 0) return this.panel.empty(NO_LABELS);
    if (!this.#chart.element.isConnected) fill(this.panel.body, this.#chart.element, this.#legend);
    this.#chart.show(champion, baseline);
    fill(this.#legend, legendEntry('predicted', 'line', answeredBy(version), `ECE ${decimals(champion.ece)}`), legendEntry('baseline', 'line', '1 − confidence', `ECE ${decimals(baseline.ece)}`));
  }
}

/** How many failures are avoided by accepting less. */
export class RiskCoveragePanel {
  readonly panel: Panel = panel('Risk and coverage', 'failures among the accepted, by share accepted', 'w4');
  readonly #chart = new RiskCoverageChart();
  readonly #legend = h('div', { class: 'legend' });

  show({ champion, confidence_baseline: baseline, meta_version: version }: Report, newest: MetaModel | null): void {
    if (champion.failures === 0) return this.panel.empty(champion.rows === 0 ? NO_LABELS : 'No failure is known yet: any order is as good as any other.');
    if (!this.#chart.element.isConnected) fill(this.panel.body, this.#chart.element, this.#legend);
    const judged: Evaluation | null = newest?.metrics ?? null;
    this.#chart.show(champion, baseline, judged);
    fill(
      this.#legend,
      legendEntry('predicted', 'line', answeredBy(version), `AUROC ${decimals(champion.auroc)}`),
      legendEntry('baseline', 'line', '1 − confidence', decimals(baseline.auroc)),
      judged !== null && newest !== null && legendEntry('challenger', 'dashed', `${newest.state === 'champion' ? 'champion' : 'challenger'} v${newest.version} on its ${count(judged.rows)} test rows`, `AUROC ${decimals(judged.auroc)}`),
    );
  }
}
