import uPlot from '../vendor/uplot.js';
import { percent } from '../format.js';
import { wilson } from '../stats.js';
import type { Bucket, Timeline } from '../types.js';
import type { Colors } from './colors.js';
import { drawMarks, type Mark } from './marks.js';
import { axis, percentValues, Plot, timeValues, type PlotOptions } from './plot.js';

const HEIGHT = 264;

/** The bucket under the pointer; null when there is none. */
export type Hover = (bucket: Bucket | null) => void;

/** Predicted against observed failure rate by time, over the traffic, with promotions and retrainings. */
export class RatesChart {
  readonly #plot: Plot;
  #buckets: readonly Bucket[] = [];
  #marks: readonly Mark[] = [];

  constructor(hover: Hover) {
    this.#plot = new Plot(HEIGHT, [[], [], [], [], [], [], []], (colors) => this.#options(colors, hover));
  }

  get element(): HTMLElement {
    return this.#plot.element;
  }

  show({ buckets, bucket_seconds: width, total }: Timeline, marks: readonly Mark[]): void {
    this.#buckets = buckets;
    this.#marks = marks;
    const times = buckets.map(({ from }) => Date.parse(from) / 1_000 + width / 2);
    const intervals = buckets.map(({ failures, labelled }) => (labelled === 0 ? null : wilson(failures, labelled)));
    this.#plot.show(
      [
        times,
        buckets.map(({ predictions }) => predictions),
        intervals.map((interval) => interval?.[0] ?? null),
        intervals.map((interval) => interval?.[1] ?? null),
        buckets.map((bucket) => bucket.labelled_expected_failure_rate),
        buckets.map((bucket) => bucket.expected_failure_rate),
        buckets.map((bucket) => bucket.observed_failure_rate),
      ],
      `Failure rate by time: ${percent(total.expected_failure_rate)} predicted, ${percent(total.observed_failure_rate)} observed over the whole span.`,
    );
  }

  /** The top of the rates: the intervals of buckets with few ground truths may be cut. */
  #top(): number {
    const rates = this.#buckets.flatMap((bucket) => [bucket.expected_failure_rate ?? 0, bucket.labelled >= 5 ? (bucket.observed_failure_rate ?? 0) : 0]);
    return Math.min(1, Math.max(0.02, Math.max(0, ...rates) * 1.35));
  }

  #options(colors: Colors, hover: Hover): PlotOptions {
    const line = (stroke: string, more: uPlot.Series = {}): uPlot.Series => ({ stroke, width: 2, points: { show: false }, spanGaps: false, ...more });
    const narrow = matchMedia('(max-width: 640px)').matches;
    const few = this.#buckets.filter(({ labelled }) => labelled > 0).length < 3;
    return {
      padding: [8, 12, 0, narrow ? -8 : 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true },
        y: { range: () => [0, this.#top()] },
        n: { range: (_plot, _low, high) => [0, Math.max(1, high * 4)] },
      },
      axes: [axis(colors, { size: 30, grid: { show: false }, space: narrow ? 64 : 84, values: timeValues }), axis(colors, { values: percentValues, size: narrow ? 44 : 50, space: 44 })],
      series: [
        {},
        { scale: 'n', fill: colors.volume, width: 0, points: { show: false }, ...bars() },
        line('transparent', { width: 0 }),
        line('transparent', { width: 0 }),
        line(colors.predicted, { width: 1.25, dash: [3, 4] }),
        line(colors.predicted, { width: 2.25, fill: colors['predicted-soft'] }),
        line(colors.observed, { width: 2, points: { show: few, size: 6, fill: colors.observed } }),
      ],
      bands: [{ series: [3, 2], fill: colors['observed-soft'] }],
      hooks: {
        draw: [(plot) => drawMarks(plot, this.#marks, colors)],
        setCursor: [(plot) => hover(plot.cursor.idx === null || plot.cursor.idx === undefined ? null : (this.#buckets[plot.cursor.idx] ?? null))],
      },
    };
  }
}

function bars(): Pick<uPlot.Series, 'paths'> {
  const paths = uPlot.paths.bars?.({ size: [0.92, 60], align: 0 });
  return paths === undefined ? {} : { paths };
}
