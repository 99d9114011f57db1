import { marksOf } from '../charts/marks.js';
import { RatesChart } from '../charts/rates.js';
import { fill, h } from '../dom.js';
import { count, duration, percent, time } from '../format.js';
import type { Bucket, Job, MetaModel, Sums, Timeline } from '../types.js';
import { legendEntry, panel, type Panel } from './panel.js';

/** Predicted against observed failures over time. */
export class RatesPanel {
  readonly panel: Panel;
  readonly #legend = h('div', { class: 'legend' });
  readonly #chart: RatesChart;
  #timeline: Timeline | null = null;

  constructor() {
    this.panel = panel('Failure rate over time', '', 'w12');
    this.#chart = new RatesChart((bucket) => this.#describe(bucket));
  }

  show(timeline: Timeline, metaModels: readonly MetaModel[], jobs: readonly Job[]): void {
    this.#timeline = timeline;
    if (timeline.total.predictions === 0) return this.panel.empty('No prediction in this span of time. The failure probabilities of what comes will be drawn here, and what turned out.');
    if (!this.#chart.element.isConnected) fill(this.panel.body, this.#chart.element, this.#legend);
    this.panel.say(`each point ${duration(timeline.bucket_seconds * 1_000)}; band: 95 % of the observed rate`);
    this.#chart.show(timeline, marksOf(metaModels, jobs));
    this.#describe(null);
  }

  /** The values of the bucket under the pointer, else those of the whole span. */
  #describe(bucket: Bucket | null): void {
    const sums: Sums | undefined = bucket ?? this.#timeline?.total;
    if (sums === undefined) return;
    fill(
      this.#legend,
      legendEntry('predicted', 'line', 'predicted', percent(sums.expected_failure_rate)),
      legendEntry('observed', 'line', 'observed', percent(sums.observed_failure_rate)),
      legendEntry('predicted', 'dashed', 'predicted on the labelled rows', percent(sums.labelled_expected_failure_rate)),
      legendEntry('volume', 'block', 'predictions', count(sums.predictions)),
      h('span', { class: 'faint' }, bucket === null ? 'whole span' : `at ${time(bucket.from)}`),
      h('span', { class: 'faint note' }, 'vertical lines: promotions (named) and retrainings that changed nothing'),
    );
  }
}
