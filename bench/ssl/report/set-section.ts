import { count, fixed, percent, table } from '../../quality/report/markdown.js';
import { METAERR } from '../metaerr/metaerr.js';
import { COVERAGES, WITH_STUDENTS } from '../run/coverages.js';
import type { Rule } from '../run/results.js';
import { figures, mean, methodNames, pointsOf, type SetResults } from './cells.js';
import { meanAt, resampled } from './resample.js';

/** Mean accuracy with half the width of its 95 % interval, and the share that was selected. */
function student(set: SetResults, name: string, rule: Rule, coverage: number | null, withCoverage: boolean): string {
  const points = pointsOf(set, name, rule, coverage);
  const values = figures(points, (point) => point.accuracy);
  if (values.some(Number.isNaN)) return '-';
  const { value, low, high } = resampled(values.length, (drawn) => meanAt(values, drawn));
  const share = withCoverage ? ` (${percent(mean(figures(points, (point) => point.coverage)), 0)} %)` : '';
  return `${percent(value, 2)} ±${percent((high - low) / 2, 2)}${share}`;
}

function filterTable(set: SetResults): string {
  const heads = ['filter', ...COVERAGES.map((share) => `wrong of ${percent(share, 0)} %`), ...WITH_STUDENTS.map((share) => `student, ${percent(share, 0)} %`), 'student, by the budget (selected)', 'student, as published (selected)'];
  const rows = methodNames(set, 'published', 'metaerr', 'part').map((name) => [
    name === METAERR ? `**${name}**` : name,
    ...COVERAGES.map((share) => fixed(mean(figures(pointsOf(set, name, 'equal', share), (point) => point.wrong)), 1)),
    ...WITH_STUDENTS.map((share) => student(set, name, 'equal', share, false)),
    student(set, name, 'chosen', null, true),
    student(set, name, 'published', null, true),
  ]);
  return table(heads, rows);
}

function anchorTable(set: SetResults): string {
  const rows = methodNames(set, 'anchor').map((name) => [name, student(set, name, 'published', null, true)]);
  return table(['anchor', 'student (selected)'], rows);
}

/** The expected share of wrong labels against what it came to. */
function noiseTable(set: SetResults): string {
  const rows = methodNames(set, 'metaerr').map((name) => [
    name,
    ...COVERAGES.map((share, at) => {
      const expected = mean(set.results.map(({ methods }) => methods.find((method) => method.name === name)?.expected[at] ?? NaN));
      const observed = mean(figures(pointsOf(set, name, 'equal', share), (point) => point.wrong / point.selected));
      return `${percent(expected, 2)} / ${percent(observed, 2)}`;
    }),
  ]);
  return table(['noise %, expected / observed', ...COVERAGES.map((share) => `${percent(share, 0)} % selected`)], rows);
}

/** Everything of one set. */
export function setSection(set: SetResults): string {
  const [first] = set.results;
  const wrong = mean(set.results.map(({ wrongShare }) => wrongShare));
  const failures = mean(set.results.map((result) => result.failures));
  const sizes = `${count(first?.labelled ?? 0)} labelled rows (${fixed(failures, 0)} of them failures out of fold, on average), ${count(first?.unlabelled ?? 0)} unlabelled, ${count(first?.test ?? 0)} test rows; ${percent(wrong)} % of all pseudo-labels are wrong.`;
  return [`### ${set.set}`, sizes, filterTable(set), anchorTable(set), noiseTable(set)].join('\n\n');
}
