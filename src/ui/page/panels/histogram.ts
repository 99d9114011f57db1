import { histogram } from '../charts/histogram.js';
import { fill, h } from '../dom.js';
import { count } from '../format.js';
import type { Breakdown, RiskPolicy } from '../types.js';
import { legendEntry, panel, type Panel } from './panel.js';

/** How failure probabilities are spread. */
export class HistogramPanel {
  readonly panel: Panel = panel('Failure probabilities', 'heights are square roots', 'w4');

  show({ histogram: bins, statuses }: Breakdown, policy: RiskPolicy | null): void {
    const all = bins.reduce((sum, { predictions }) => sum + predictions, 0);
    if (all === 0) return this.panel.empty(statuses.degraded + statuses.cold_start > 0 ? 'No prediction here has a failure probability yet.' : 'No prediction in this span of time.');
    fill(
      this.panel.body,
      histogram(bins, policy?.threshold ?? null),
      h('div', { class: 'legend' }, legendEntry('volume', 'block', 'predictions'), legendEntry('predicted', 'block', 'labelled'), legendEntry('observed', 'block', 'failures'), statuses.degraded > 0 && h('span', { class: 'bad-ink' }, `${count(statuses.degraded)} degraded`)),
    );
  }
}
