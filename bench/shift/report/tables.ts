import { fixed, percent, ratio, table } from '../../quality/report/markdown.js';
import type { Day, Method } from '../run/results.js';
import { shiftSettingName } from '../run/units.js';
import { daysAcrossSeeds, expectedByObserved, isPoolWithin, mean, periodsOf, shareWithin, type SettingResults, type When } from './cells.js';

function byObserved(days: readonly Day[], method: Method): string {
  const text = ratio(expectedByObserved(days, method).value);
  return isPoolWithin(days, method) ? text : `**${text}**`;
}

function dayRow({ setting, results }: SettingResults, name: string, days: readonly Day[]): string[] {
  const { low, high } = expectedByObserved(days, 'metaerr');
  const wrong = `${percent(mean(results.map(({ wrongBefore }) => wrongBefore)))} > ${percent(mean(results.map(({ wrongAfter }) => wrongAfter)))}`;
  return [
    shiftSettingName(setting), wrong, name, `${byObserved(days, 'metaerr')} (${ratio(low)} to ${ratio(high)})`,
    byObserved(days, 'withoutOffset'), byObserved(days, 'platt'), byObserved(days, 'confidence'),
    `${Math.round(shareWithin(days, 'metaerr') * days.length)} of ${days.length}`, percent(mean(days.map(({ chance }) => chance)), 0),
  ];
}

/** Expected by observed failures of every day of every setting, pooled over its seeds. */
export function dayTable(settings: readonly SettingResults[]): string {
  const rows = settings.flatMap((setting) => [
    ...daysAcrossSeeds(setting, 'shiftDay').map((days) => dayRow(setting, 'of the shift', days)),
    ...daysAcrossSeeds(setting, 'retrained').map((days, at) => dayRow(setting, String(at + 1), days)),
  ]);
  return table(['setting', 'base wrong %, before > after', 'day', 'MetaErr (95 % interval)', 'without the offset', 'Platt', '1 - confidence', 'single days within 10 %', 'by chance %'], rows);
}

/** Brier score, ECE and offsets of every setting, means over its seeds. */
export function qualityRows(settings: readonly SettingResults[], when: When): string {
  const rows = settings.map((setting) => {
    const periods = periodsOf(setting, when);
    const brier = (method: Method): string => fixed(mean(periods.map((period) => period.brier[method])), 4);
    const ece = (method: Method): string => fixed(mean(periods.map((period) => period.ece[method])), 3);
    return [
      shiftSettingName(setting.setting), periods.map(({ offset }) => (offset === 0 ? '-' : fixed(offset, 2))).join(', '),
      brier('metaerr'), brier('withoutOffset'), brier('platt'), brier('confidence'),
      ece('metaerr'), fixed(mean(periods.map(({ eceByChance }) => eceByChance)), 3), ece('withoutOffset'), ece('platt'), ece('confidence'),
    ];
  });
  const heads = ['setting', 'offset of each seed', 'Brier: MetaErr', 'without the offset', 'Platt', '1 - confidence', 'ECE: MetaErr', 'by chance', 'without the offset', 'Platt', '1 - confidence'];
  return table(heads, rows);
}
