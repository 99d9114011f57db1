import { KERNEL_LENGTH, channelMix, seriesLevels } from '../../src/meta/features/series-kernels.js';
import type { SeriesLevel } from '../../src/meta/features/series-kernels.js';
import type { SeriesFeature } from '../../src/meta/features/series-plan.js';

/** A series as [channels][time]. */
export type Series = readonly (readonly number[])[];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spreadOf = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Sums of the channels with random signs, where not all are looked at. */
function mixed(values: Series, { channels, seen }: SeriesFeature): Series {
  if (seen === channels) return values;
  const mix = channelMix(channels, seen);
  return Array.from({ length: seen }, (_, s) => (values[0] ?? []).map((_, i) => values.reduce((sum, channel, c) => sum + (channel[i] ?? NaN) * (mix[c * seen + s] ?? NaN), 0)));
}

/** What one kernel gives at every place of the means of its windows, zeros beyond both ends. */
function responses(values: Series, { window, dilation, weights, thresholds }: SeriesLevel, kernel: number): number[] {
  const stride = Math.max(1, window / 2);
  const steps = Math.floor(((values[0]?.length ?? 0) - window) / stride) + 1;
  const means = values.map((channel) => Array.from({ length: steps }, (_, i) => mean(channel.slice(i * stride, i * stride + window))));
  const weightOf = (channel: number, i: number): number => weights[(kernel * values.length + channel) * KERNEL_LENGTH + i] ?? NaN;
  const at = (place: number): number =>
    means.reduce((sum, channel, c) => {
      for (let i = 0; i < KERNEL_LENGTH; i++) sum += weightOf(c, i) * (channel[place + (i - 3) * dilation] ?? 0);
      return sum;
    }, thresholds[kernel] ?? NaN);
  return Array.from({ length: steps }, (_, place) => at(place));
}

/** The features of one series, counted one by one; what is missing to `least` steps is filled with the mean. */
export function seriesReference(series: Series, feature: SeriesFeature, least = 0): number[] {
  const means = series.map(mean);
  const sizes = series.map((channel) => Math.sqrt(mean(channel.map((value) => value ** 2))));
  const spreads = series.map((channel, c) => Math.max(spreadOf(channel), 1e-5 * (sizes[c] ?? NaN), 1e-15));
  const every = Math.sqrt(mean(spreads.map((spread) => spread ** 2)));
  const one = (values: readonly number[]): readonly number[] => mixed(values.map((value) => [value]), feature).map(([value]) => value ?? NaN);
  const levels = one(means.map((value, c) => Math.asinh(value / ((spreads[c] ?? NaN) + 0.01 * (sizes[c] ?? NaN)))));
  const shares = feature.channels === 1 ? [] : one(spreads.map((spread) => Math.log(spread / every + 0.01)));
  const relative = series.map((channel, c) => channel.map((value) => (value - (means[c] ?? NaN)) / (spreads[c] ?? NaN)));
  const seen = mixed(relative, feature).map((channel) => [...channel, ...new Array<number>(Math.max(0, least - channel.length)).fill(0)]);
  const byLevel = seriesLevels(feature.length, feature.seen, feature.kernels).flatMap((level) => {
    const all = Array.from({ length: level.kernels }, (_, k) => responses(seen, level, k));
    const above = (values: readonly number[], from: number, to: number): number => values.slice(from, to).filter((value) => value > 0).length;
    const shift = (values: readonly number[]): number => (above(values, Math.ceil(values.length / 2), values.length) - above(values, 0, Math.floor(values.length / 2))) / values.length;
    return [...all.map((values) => 0.1 * Math.max(...values)), ...all.map((values) => above(values, 0, values.length) / values.length), ...all.map((values) => 0.5 * shift(values))];
  });
  const values = feature.values === undefined ? [] : series.flat();
  return [...values, ...[...levels, ...shares, Math.log(every + 1e-3), ...byLevel].map((value) => 4 * value)];
}
