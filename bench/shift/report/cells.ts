import { isWithin } from '../figures/by-chance.js';
import type { Day, Method, Period, ShiftResult } from '../run/results.js';
import { SHIFT_SETTINGS, shiftSettingName, type Shift, type ShiftSetting } from '../run/units.js';

/** All seeds of one setting. */
export interface SettingResults {
  readonly setting: ShiftSetting;
  readonly results: readonly ShiftResult[];
}

/** Which meta-model served: that of before the shift, or the one that was fitted again after 500 labels. */
export type When = 'shiftDay' | 'retrained';

/** Quantile of the normal distribution for an interval of 95 %. */
const NORMAL_95 = 1.96;

/** The results by setting, in the order of the settings. Throws where there are none. */
export function settingsOf(results: readonly ShiftResult[]): SettingResults[] {
  if (results.length === 0) throw new Error('there are no results; run the benchmark first');
  return SHIFT_SETTINGS.flatMap((setting) => {
    const own = results.filter(({ unit }) => shiftSettingName(unit) === shiftSettingName(setting));
    return own.length === 0 ? [] : [{ setting, results: own.toSorted((a, b) => a.unit.seed - b.unit.seed) }];
  });
}

export function ofShift(settings: readonly SettingResults[], shift: Shift): SettingResults[] {
  return settings.filter(({ setting }) => setting.shift === shift);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function periodsOf({ results }: SettingResults, when: When): Period[] {
  return results.map((result) => result[when]);
}

/** Every single day of some settings. */
export function singleDays(settings: readonly SettingResults[], when: When): Day[] {
  return settings.flatMap((setting) => periodsOf(setting, when).flatMap(({ days }) => days));
}

/** The same day of all seeds of a setting, one element a day. */
export function daysAcrossSeeds(setting: SettingResults, when: When): Day[][] {
  const periods = periodsOf(setting, when);
  const most = Math.max(...periods.map(({ days }) => days.length));
  return Array.from({ length: most }, (_, at) => periods.flatMap(({ days }) => days.slice(at, at + 1)));
}

/** Sums over days. */
export function sums(days: readonly Day[], method: Method): { readonly expected: number; readonly observed: number; readonly variance: number } {
  const total = (value: (day: Day) => number): number => days.reduce((sum, day) => sum + value(day), 0);
  return { expected: total((day) => day.expected[method]), observed: total((day) => day.observed), variance: total((day) => day.variance) };
}

/** Whether the expected failures of some days together are within 10 % of the observed ones. */
export function isPoolWithin(days: readonly Day[], method: Method): boolean {
  const { expected, observed } = sums(days, method);
  return isWithin(expected, observed);
}

/** Share of the days that are within 10 %, each by itself. */
export function shareWithin(days: readonly Day[], method: Method): number {
  return mean(days.map((day) => (isWithin(day.expected[method], day.observed) ? 1 : 0)));
}

/**
 * Expected by observed failures of some days together, with the interval in which it is after 95 % of all draws of the failures (normal
 * approximation, variance sum p (1 - p) of MetaErr's failure probabilities). `high` is Infinity where there may have been no failures at all.
 */
export function expectedByObserved(days: readonly Day[], method: Method): { readonly value: number; readonly low: number; readonly high: number } {
  const { expected, observed, variance } = sums(days, method);
  const half = NORMAL_95 * Math.sqrt(variance);
  return { value: expected / observed, low: expected / (observed + half), high: observed > half ? expected / (observed - half) : Infinity };
}
