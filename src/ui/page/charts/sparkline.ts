import { svg } from '../dom.js';
import { percent } from '../format.js';
import type { Timeline } from '../types.js';

const WIDTH = 240;
const HEIGHT = 44;

/** Traffic as bars, the predicted failure rate as a line and the observed one dotted, without axes. */
export function sparkline({ buckets, total }: Timeline): SVGElement {
  const step = WIDTH / Math.max(1, buckets.length);
  const most = Math.max(1, ...buckets.map(({ predictions }) => predictions));
  const top = Math.max(0.05, ...buckets.flatMap((bucket) => [bucket.expected_failure_rate ?? 0, bucket.labelled >= 5 ? (bucket.observed_failure_rate ?? 0) : 0])) * 1.1;
  const volume = buckets.map(({ predictions }, i) => svg('rect', { class: 'volume', x: i * step, width: Math.max(0.5, step - 1), y: HEIGHT - (predictions / most) * 16, height: (predictions / most) * 16 }));
  const points = (rates: readonly (number | null)[]) => rates.flatMap((rate, i) => (rate === null ? [] : [`${((i + 0.5) * step).toFixed(1)},${(HEIGHT - (Math.min(top, rate) / top) * (HEIGHT - 3)).toFixed(1)}`]));
  const words = `Failure rate by time: ${percent(total.expected_failure_rate)} predicted, ${percent(total.observed_failure_rate)} observed.`;
  return svg(
    'svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
    ...volume,
    svg('polyline', { class: 'line', points: points(buckets.map((bucket) => bucket.expected_failure_rate)).join(' ') }),
    svg('polyline', { class: 'seen', points: points(buckets.map((bucket) => bucket.observed_failure_rate)).join(' ') }),
  );
}
