import { h, svg } from '../dom.js';
import { count, probability } from '../format.js';
import type { HistogramBin } from '../types.js';

const WIDTH = 460;
const FLOOR = 166;
const GAP = 2;

/**
 * Rows by failure probability, on a scale of square roots, so that the few risky ones are seen beside the many that are not. Each bar
 * has those with a ground truth at its foot, and the failures among these.
 */
export function histogram(bins: readonly HistogramBin[], threshold: number | null): HTMLElement {
  const most = Math.max(1, ...bins.map(({ predictions }) => predictions));
  const step = WIDTH / bins.length;
  const heightOf = (rows: number): number => (rows === 0 ? 0 : Math.max(1.5, Math.sqrt(rows / most) * (FLOOR - 14)));
  const bar = (name: string, rows: number, x: number) => svg('rect', { class: name, x: x + GAP / 2, width: step - GAP, y: FLOOR - heightOf(rows), height: heightOf(rows), rx: 1.5 });
  const groups = bins.map(({ from, to, predictions, labelled, failures }, i) => {
    const words = `${probability(from)} to ${probability(to)}: ${count(predictions)} predictions, ${count(labelled)} with a ground truth, ${count(failures)} failures`;
    return svg('g', {}, svg('title', {}, words), bar('all', predictions, i * step), bar('known', labelled, i * step), bar('failed', failures, i * step));
  });
  const label = `Histogram of ${count(bins.reduce((sum, { predictions }) => sum + predictions, 0))} failure probabilities.`;
  const drawing = svg(
    'svg', { viewBox: `0 0 ${WIDTH} ${FLOOR}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    ...groups, svg('line', { class: 'axis', x1: 0, x2: WIDTH, y1: FLOOR, y2: FLOOR }),
  );
  const ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' }, ...[0, 0.25, 0.5, 0.75, 1].map((value) => h('span', {}, value)));
  return h('div', { class: 'histogram' }, h('div', { class: 'histogram-plot' }, drawing, threshold !== null && thresholdMark(threshold)), ticks);
}

function thresholdMark(threshold: number): HTMLElement {
  const mark = h('div', { class: threshold > 0.55 ? 'threshold flipped' : 'threshold' }, h('span', {}, `review above ${probability(threshold)}`));
  mark.style.left = `${threshold * 100}%`;
  return mark;
}
