import { fixed, percent, table } from '../../quality/report/markdown.js';
import { METHODS, type Method, type ShiftResult } from '../run/results.js';
import { SHIFTS } from '../run/units.js';
import { daysAcrossSeeds, isPoolWithin, mean, ofShift, periodsOf, shareWithin, singleDays, type SettingResults, type When } from './cells.js';

const WHEN: readonly { readonly when: When; readonly words: string }[] = [
  { when: 'shiftDay', words: 'day of the shift' },
  { when: 'retrained', words: 'after the retraining' },
];
/** Issue of the project: ECE is to be at most this from 1,000 labels on. */
const MOST_ECE = 0.02;

const HEADS: Readonly<Record<Method, string>> = { metaerr: 'MetaErr', withoutOffset: 'without the offset', platt: 'Platt', confidence: '1 - confidence' };

const shiftsIn = (settings: readonly SettingResults[]) => SHIFTS.filter((shift) => ofShift(settings, shift).length > 0);

/** Single days within 10 %. */
export function singleDayTable(settings: readonly SettingResults[]): string {
  const rows = shiftsIn(settings).flatMap((shift) => WHEN.map(({ when, words }) => {
    const days = singleDays(ofShift(settings, shift), when);
    const [own, ...others] = METHODS.map((method) => percent(shareWithin(days, method), 0));
    return [shift, words, String(days.length), `**${own}**`, percent(mean(days.map(({ chance }) => chance)), 0), ...others];
  }));
  return table(['shift', 'when', 'single days', 'within 10 %: MetaErr', 'by chance', ...METHODS.slice(1).map((method) => HEADS[method])], rows);
}

/** Days pooled over the seeds that are within 10 %. */
export function pooledTable(settings: readonly SettingResults[]): string {
  const rows = shiftsIn(settings).flatMap((shift) => WHEN.map(({ when, words }) => {
    const pools = ofShift(settings, shift).flatMap((setting) => daysAcrossSeeds(setting, when));
    const within = (method: Method): string => `${pools.filter((days) => isPoolWithin(days, method)).length} of ${pools.length}`;
    return [shift, words, ...METHODS.map(within)];
  }));
  return table(['shift', 'when', ...METHODS.map((method) => HEADS[method])], rows);
}

interface Quality {
  readonly brier: number;
  readonly plattBrier: number;
  readonly ece: number;
  readonly chance: number;
}

/** Means over the seeds of a setting, after the retraining. */
function qualityOf(setting: SettingResults): Quality {
  const periods = periodsOf(setting, 'retrained');
  const average = (value: (period: (typeof periods)[number]) => number): number => mean(periods.map(value));
  return {
    brier: average(({ brier }) => brier.metaerr), plattBrier: average(({ brier }) => brier.platt),
    ece: average(({ ece }) => ece.metaerr), chance: average(({ eceByChance }) => eceByChance),
  };
}

/** Brier score and ECE after the retraining. */
export function qualityTable(settings: readonly SettingResults[]): string {
  const rows = shiftsIn(settings).map((shift) => {
    const own = ofShift(settings, shift);
    const cells = own.map(qualityOf);
    const seeds = own.flatMap(({ results }) => results.map(({ retrained }) => retrained.brier));
    const share = (is: (cell: Quality) => boolean): string => `${cells.filter(is).length} of ${cells.length}`;
    return [
      shift, share(({ brier, plattBrier }) => brier <= plattBrier), `${seeds.filter(({ metaerr, platt }) => metaerr <= platt).length} of ${seeds.length}`,
      fixed(mean(cells.map(({ brier, plattBrier }) => brier / plattBrier)), 2), share(({ ece }) => ece <= MOST_ECE),
      fixed(mean(cells.map(({ ece }) => ece)), 3), fixed(mean(cells.map(({ chance }) => chance)), 3),
    ];
  });
  return table(['shift', 'Brier at most Platt\'s: settings', 'seeds', 'Brier by Platt\'s', `ECE at most ${MOST_ECE}: settings`, 'ECE', 'ECE by chance'], rows);
}

/** Whether the offset came where there was a shift, and only there. */
function offsetLine(settings: readonly SettingResults[]): string {
  const line = (results: readonly ShiftResult[], when: When): string => `${results.filter((result) => result[when].offset !== 0).length} of ${results.length}`;
  const own = shiftsIn(settings).map((shift) => {
    const results = ofShift(settings, shift).flatMap((setting) => setting.results);
    return `${shift} ${line(results, 'retrained')}`;
  });
  const before = settings.filter(({ setting }) => setting.shift === 'none').flatMap(({ results }) => results);
  const early = before.length === 0 ? '' : `; before any shift, at 1,000 labels, in ${line(before, 'shiftDay')}`;
  return `**An offset was added** by the retraining in so many fits: ${own.join(', ')}${early}.`;
}

/** What it comes to, over all settings. */
export function summarySection(settings: readonly SettingResults[]): string {
  return [
    '## Summary',
    '**Single days** within 10 %, in % of the days.',
    singleDayTable(settings),
    '**Days pooled over the seeds** of a setting within 10 %. What one fit has too much and another too little cancels here; the table above is what a single model goes through.',
    pooledTable(settings),
    '**Brier score and ECE** of the days after the retraining; a setting is the mean of its seeds.',
    qualityTable(settings),
    offsetLine(settings),
  ].join('\n\n');
}
