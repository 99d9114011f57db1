import uPlot from '../vendor/uplot.js';
import { decimals } from '../format.js';
import { wilson } from '../stats.js';
import type { Evaluation } from '../types.js';
import type { Colors } from './colors.js';
import { axis, percentValues, pixels, Plot, type PlotOptions } from './plot.js';

type Bins = Evaluation['bins'];

const HEIGHT = 232;

/** Failure rate against mean failure probability, bin by bin: on the diagonal, what was promised is what came. */
export class ReliabilityChart {
  readonly #plot: Plot;
  #bins: Bins = [];
  #top = 1;

  constructor() {
    this.#plot = new Plot(HEIGHT, [[], [], []], (colors) => this.#options(colors));
  }

  get element(): HTMLElement {
    return this.#plot.element;
  }

  show(champion: Evaluation, baseline: Evaluation): void {
    this.#bins = champion.bins;
    const values = [...champion.bins, ...baseline.bins].flatMap(({ mean_failure_probability: x, failure_rate: y }) => [x, y]);
    this.#top = Math.min(1, Math.ceil(Math.max(0.1, ...values) * 10 + 0.2) / 10);
    const table = (bins: Bins): uPlot.AlignedData => [bins.map((bin) => bin.mean_failure_probability), bins.map((bin) => bin.failure_rate)];
    this.#plot.show(uPlot.join([table(baseline.bins), table(champion.bins)]), `Reliability diagram: calibration error ${decimals(champion.ece)}, of the confidence ${decimals(baseline.ece)}.`);
  }

  #options(colors: Colors): PlotOptions {
    const range = (): uPlot.Range.MinMax => [0, this.#top];
    const series = (stroke: string, width: number, size: number): uPlot.Series => ({ stroke, width, spanGaps: true, points: { show: true, size, fill: stroke, width: 0 } });
    return {
      padding: [8, 18, 0, -4],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range }, y: { range } },
      axes: [axis(colors, { size: 30, values: percentValues, space: 56 }), axis(colors, { values: percentValues, size: 50, space: 40 })],
      series: [{}, series(colors.baseline, 1.25, 4), series(colors.predicted, 2, 7)],
      hooks: { drawAxes: [(plot) => this.#ideal(plot, colors)], draw: [(plot) => this.#intervals(plot, colors)] },
    };
  }

  #ideal(plot: uPlot, colors: Colors): void {
    const { x, y, ratio } = pixels(plot);
    stroke(plot, colors['line-strong'], ratio, [4 * ratio, 4 * ratio], [[x(0), y(0), x(this.#top), y(this.#top)]]);
  }

  /** 95 % of the failure rate of each bin. */
  #intervals(plot: uPlot, colors: Colors): void {
    const { x, y, ratio } = pixels(plot);
    const lines = this.#bins.map(({ count, failure_rate: rate, mean_failure_probability: mean }) => {
      const [low, high] = wilson(rate * count, count);
      return [x(mean), y(low), x(mean), y(Math.min(this.#top, high))] as const;
    });
    stroke(plot, colors.predicted, 1.25 * ratio, [], lines);
  }
}

function stroke({ ctx }: uPlot, style: string, width: number, dash: number[], lines: readonly (readonly [number, number, number, number])[]): void {
  ctx.save();
  ctx.strokeStyle = style;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  for (const [fromX, fromY, toX, toY] of lines) {
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
  }
  ctx.stroke();
  ctx.restore();
}
