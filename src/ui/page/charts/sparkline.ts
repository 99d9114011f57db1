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
  const place = (rate: number, i: number) => `${((i + 0.5) * step).toFixed(1)},${(HEIGHT - (Math.min(top, rate) / top) * (HEIGHT - 3)).toFixed(1)}`;
  const lines = (name: string, rates: readonly (number | null)[]) => runs(rates, place).map((points) => svg('polyline', { class: name, points: points.join(' ') }));
  const words = `Failure rate by time: ${percent(total.expected_failure_rate)} predicted, ${percent(total.observed_failure_rate)} observed.`;
  return svg(
    'svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
    ...volume,
    ...lines('line', buckets.map((bucket) => bucket.expected_failure_rate)),
    ...lines('seen', buckets.map((bucket) => bucket.observed_failure_rate)),
  );
}

/** The places of neighbouring rates; where there is none, a line ends. A lonely one is a short line to itself. */
function runs(rates: readonly (number | null)[], place: (rate: number, i: number) => string): string[][] {
  const all: string[][] = [];
  rates.forEach((rate, i) => {
    if (rate === null) return;
    if (i === 0 || rates[i - 1] === null) all.push([place(rate, i)]);
    all.at(-1)?.push(place(rate, i));
  });
  return all;
}
