import uPlot from '../vendor/uplot.js';
import { h } from '../dom.js';
import { themeChanges } from '../theme.js';
import { currentColors, FONT, type Colors } from './colors.js';

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

/** A chart on a canvas that follows the width of its place and the theme. */
export class Plot {
  readonly element: HTMLElement;
  readonly #height: number;
  readonly #options: (colors: Colors) => PlotOptions;
  #data: uPlot.AlignedData;
  #plot: uPlot | null = null;

  constructor(height: number, data: uPlot.AlignedData, options: (colors: Colors) => PlotOptions) {
    this.element = h('div', { class: 'plot', role: 'img' });
    this.#height = height;
    this.#data = data;
    this.#options = options;
    this.element.style.height = `${height}px`;
    const sizes = new ResizeObserver(() => this.#fit());
    sizes.observe(this.element);
    themeChanges.addEventListener('change', () => this.redraw());
  }

  /** New data of the same series. `words` say what is to be seen, for those who do not see it. */
  show(data: uPlot.AlignedData, words: string): void {
    this.#data = data;
    this.element.setAttribute('aria-label', words);
    this.redraw();
  }

  redraw(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#fit();
  }

  #fit(): void {
    const width = this.element.clientWidth;
    if (width === 0 || !this.element.isConnected) return;
    if (this.#plot === null) this.#plot = new uPlot({ ...this.#options(currentColors()), width, height: this.#height }, this.#data, this.element);
    else if (this.#plot.width !== width) this.#plot.setSize({ width, height: this.#height });
  }
}

/** The look of an axis. */
export function axis(colors: Colors, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: colors.faint,
    font: FONT,
    gap: 6,
    grid: { stroke: colors.line, width: 1 },
    ticks: { show: false },
    ...more,
  };
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const fullClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** Times of day where the marks of the axis are closer than a day; the first one of a day has the date instead. */
export function timeValues(_: uPlot, splits: number[], _axis: number, _space: number, step: number): string[] {
  const days = splits.map((seconds) => day.format(seconds * 1_000));
  return splits.map((seconds, i) => {
    const another = i > 0 && days[i] !== days[i - 1];
    if (step >= DAY_SECONDS || another) return days[i] ?? '';
    return (step < MINUTE_SECONDS ? fullClock : clock).format(seconds * 1_000);
  });
}

export const percentValues = (_: uPlot, values: number[]): string[] => values.map((value) => `${Math.round(value * 1_000) / 10} %`);

/** Where canvas pixels are: positions of values, and how many pixels make one of the screen. */
export const pixels = (plot: uPlot) => ({
  x: (value: number) => plot.valToPos(value, 'x', true),
  y: (value: number) => plot.valToPos(value, 'y', true),
  ratio: devicePixelRatio,
});
