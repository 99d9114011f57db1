import { svg } from '../dom.js';
import { wilson } from '../stats.js';

const WIDTH = 240;

export interface DotRow {
  readonly expected: number | null;
  readonly failures: number;
  readonly labelled: number;
  /** The rate at the right end. */
  readonly most: number;
}

/** One row of a dot plot: predicted rate as a tick, observed rate as a point with its 95 % interval. */
export function dots({ expected, failures, labelled, most }: DotRow): SVGElement {
  const x = (rate: number): number => 4 + (Math.min(1, rate / most) * (WIDTH - 8));
  const parts = [svg('line', { class: 'track', x1: 0, x2: WIDTH, y1: 9, y2: 9 })];
  if (labelled > 0) {
    const [low, high] = wilson(failures, labelled);
    parts.push(svg('line', { class: 'interval', x1: x(low), x2: x(high), y1: 9, y2: 9 }), svg('circle', { class: 'point', cx: x(failures / labelled), cy: 9, r: 4 }));
  }
  if (expected !== null) parts.push(svg('line', { class: 'tick', x1: x(expected), x2: x(expected), y1: 3, y2: 15 }));
  return svg('svg', { class: 'dots', viewBox: `0 0 ${WIDTH} 18`, 'aria-hidden': 'true' }, ...parts);
}
