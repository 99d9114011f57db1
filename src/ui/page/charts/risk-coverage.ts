import uPlot from '../vendor/uplot.js';
import { percent } from '../format.js';
import type { Evaluation } from '../types.js';
import type { Colors } from './colors.js';
import { axis, percentValues, Plot, type PlotOptions } from './plot.js';

type Curve = Evaluation['risk_coverage'];

const HEIGHT = 232;

const riskAt = (curve: Curve, coverage: number): number | null => curve.find((point) => point.coverage >= coverage)?.risk ?? null;

/** Failure rate among the accepted against the share that is accepted; lower is better. */
export class RiskCoverageChart {
  readonly #plot: Plot;

  constructor() {
    this.#plot = new Plot(HEIGHT, [[], [], [], []], (colors) => options(colors));
  }

  get element(): HTMLElement {
    return this.#plot.element;
  }

  /** `challenger` was judged on other rows: those that were kept from its training. */
  show(champion: Evaluation, baseline: Evaluation, challenger: Evaluation | null): void {
    const table = (curve: Curve): uPlot.AlignedData => [curve.map(({ coverage }) => coverage), curve.map(({ risk }) => risk)];
    const words = `Risk-coverage curve: accepting the safest 80 %, ${percent(riskAt(champion.risk_coverage, 0.8))} of them fail; by the confidence ${percent(riskAt(baseline.risk_coverage, 0.8))}.`;
    this.#plot.show(uPlot.join([table(baseline.risk_coverage), table(challenger?.risk_coverage ?? []), table(champion.risk_coverage)]), words);
  }
}

function options(colors: Colors): PlotOptions {
  const series = (stroke: string, more: uPlot.Series): uPlot.Series => ({ stroke, spanGaps: true, points: { show: false }, ...more });
  return {
    padding: [8, 18, 0, -4],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [0, 1] }, y: { range: (_plot, _low, high) => [0, Math.max(0.02, (high || 0) * 1.1)] } },
    axes: [axis(colors, { size: 30, values: percentValues, space: 56 }), axis(colors, { values: percentValues, size: 50, space: 40 })],
    series: [{}, series(colors.baseline, { width: 1.5 }), series(colors.challenger, { width: 1.5, dash: [5, 4] }), series(colors.predicted, { width: 2.25 })],
  };
}
