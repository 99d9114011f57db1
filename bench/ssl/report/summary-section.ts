import { fixed, percent, ratio, table } from '../../quality/report/markdown.js';
import { AS_SERVED } from '../metaerr/as-served.js';
import { METAERR } from '../metaerr/metaerr.js';
import { COVERAGES } from '../run/coverages.js';
import type { Rule } from '../run/results.js';
import { bestFilter, figures, mean, pointsOf, type SetResults } from './cells.js';
import { meanAt, resampled, type Estimate } from './resample.js';

const FIXED = 'fixed confidence';

const interval = ({ low, high }: Estimate, text: (value: number) => string): string => `${text(low)} to ${text(high)}`;

/** Wrong labels of a method and of the best filter at a share, seed by seed. */
function wrongs(set: SetResults, method: string, coverage: number): { readonly own: number[]; readonly best: number[] } {
  const of = (name: string): number[] => figures(pointsOf(set, name, 'equal', coverage), (point) => point.wrong);
  return { own: of(method), best: of(bestFilter(set, coverage)) };
}

function wrongRatio(pairs: readonly ReturnType<typeof wrongs>[], seeds: number): Estimate {
  return resampled(seeds, (drawn) => mean(pairs.map(({ own, best }) => meanAt(own, drawn) / Math.max(1e-9, meanAt(best, drawn)))));
}

function wrongTable(sets: readonly SetResults[], seeds: number): string {
  const rows = sets.flatMap((set) => COVERAGES.map((coverage) => {
    const pair = wrongs(set, METAERR, coverage);
    const { value, ...range } = wrongRatio([pair], seeds);
    const size = Math.round(coverage * (set.results[0]?.unlabelled ?? 0));
    return [
      set.set, percent(coverage, 0), fixed(mean(pair.own), 1), `${fixed(mean(pair.best), 1)} ${bestFilter(set, coverage)}`,
      `**${ratio(value)}**`, interval({ value, ...range }, ratio), percent(1 - mean(pair.own) / size, 2), percent(1 - mean(pair.best) / size, 2),
    ];
  }));
  return table(['set', 'selected %', 'wrong, MetaErr', 'wrong, best filter', 'ratio', '95 % interval', 'precision %, MetaErr', 'precision %, best filter'], rows);
}

/** One way to choose how much is selected, of MetaErr and of the filter it is set against. */
interface Comparison {
  readonly title: string;
  readonly method: string;
  readonly own: readonly [rule: Rule, coverage: number | null];
  readonly other: readonly [rule: Rule, coverage: number | null];
}

const COMPARISONS: readonly Comparison[] = [METAERR, AS_SERVED].flatMap((method) => [
  { title: `${method} by the budget, fixed confidence at .95`, method, own: ['chosen', null], other: ['published', null] },
  { title: `${method}, both by the budget`, method, own: ['chosen', null], other: ['chosen', null] },
  { title: `${method}, both 40 %`, method, own: ['equal', 0.4], other: ['equal', 0.4] },
  { title: `${method}, both 80 %`, method, own: ['equal', 0.8], other: ['equal', 0.8] },
]);

function studentTable(sets: readonly SetResults[], seeds: number): string {
  const text = (value: number): string => `${value >= 0 ? '+' : ''}${percent(value, 2)}`;
  const rows = COMPARISONS.map(({ title, method, own, other }) => {
    const differences = sets.map((set) => {
      const theirs = figures(pointsOf(set, FIXED, ...other), (point) => point.accuracy);
      return figures(pointsOf(set, method, ...own), (point) => point.accuracy).map((value, seed) => value - (theirs[seed] ?? NaN));
    });
    const all = resampled(seeds, (drawn) => mean(differences.map((values) => meanAt(values, drawn))));
    const each = differences.map((values) => {
      const one = resampled(seeds, (drawn) => meanAt(values, drawn));
      return `${text(one.value)} (${interval(one, text)})`;
    });
    return [title, `**${text(all.value)}** (${interval(all, text)})`, ...each];
  });
  return table(['selected', 'all sets', ...sets.map(({ set }) => set)], rows);
}

/** Of all cells of a method: the mean ratio to the best filter, and in how many it has no more wrong labels. */
function overall(sets: readonly SetResults[], method: string, seeds: number): string {
  const cells = sets.flatMap((set) => COVERAGES.map((coverage) => wrongs(set, method, coverage)));
  const all = wrongRatio(cells, seeds);
  const fewer = cells.filter(({ own, best }) => mean(own) <= mean(best)).length;
  return `${ratio(all.value)} times those of the best published filter of each cell, chosen in hindsight (mean over ${cells.length} cells; 95 % interval ${interval(all, ratio)}); no more wrong labels than that filter in ${fewer} of ${cells.length} cells`;
}

/** What MetaErr's gain is, against the best filter and against fixed confidence. */
export function summarySection(sets: readonly SetResults[]): string {
  const seeds = sets[0]?.results.length ?? 0;
  return [
    '## Summary',
    `**Wrong pseudo-labels at equal coverage**: MetaErr has ${overall(sets, METAERR, seeds)}. MetaErr as served has ${overall(sets, AS_SERVED, seeds)}.`,
    wrongTable(sets, seeds),
    '**Students against fixed confidence**: difference of the test accuracy in points.',
    studentTable(sets, seeds),
    'Intervals: paired bootstrap over the seeds; a seed is another split, other labelled rows, other nets.',
  ].join('\n\n');
}
