import type { Figures } from '../metrics/figures.js';
import type { Cell, MethodSummary } from './cells.js';
import type { Comparison, JudgedCell } from './compare.js';
import { count, fixed, percent, ratio, table, thousandths } from './markdown.js';
import { plattOf } from './references.js';

/** The name of a setting without that of its data set. */
const baseName = (name: string): string => name.slice(name.indexOf('/') + 1);

const MARKS = { better: '', worse: ' **worse**', equal: ' =' } as const;

function comparisonCells({ baseline, ratio: value, worst, verdict }: Comparison): string[] {
  return [`${thousandths(baseline.figures.eaurc)} ${baseline.name}`, `**${ratio(value)}**${MARKS[verdict]}`, ratio(worst?.ratio)];
}

const rho = ({ rho: value }: Cell): string => fixed(value, value !== null && value < 0.1 ? 3 : 2);

function again({ retrained }: Cell): string {
  return retrained === null ? '-' : `${percent(retrained.errorRate)} / ${thousandths(retrained.eaurc)}`;
}

function mainRow({ cell, labelFree, all }: JudgedCell): string[] {
  return [
    baseName(cell.name), count(cell.labels), count(cell.failures), rho(cell), percent(cell.errorRate),
    thousandths(cell.metaerr.figures.eaurc), ...comparisonCells(labelFree), ...comparisonCells(all),
  ];
}

const MAIN_HEADS = [
  'base', 'n', 'f', 'rho', 'wrong %', 'MetaErr', 'best label-free', 'ratio', 'worst seed', 'best of all', 'ratio', 'worst seed',
];
const RETRAINED_HEAD = 'retrained: wrong % / E-AURC';

/** The column of the retrained base model is left out where none was retrained. */
function mainTable(cells: readonly JudgedCell[]): string {
  const isRetrained = cells.some(({ cell }) => cell.retrained !== null);
  const rows = cells.map((judged) => [...mainRow(judged), ...(isRetrained ? [again(judged.cell)] : [])]);
  return table([...MAIN_HEADS, ...(isRetrained ? [RETRAINED_HEAD] : [])], rows);
}

/** The other figures, best of all baselines > MetaErr. */
const OTHERS: readonly { readonly head: string; readonly of: (figures: Figures) => string }[] = [
  { head: 'AUROC', of: ({ auroc }) => fixed(auroc, 3) },
  { head: 'AURC x1000', of: ({ aurc }) => thousandths(aurc) },
  { head: 'FPR at 95 % TPR', of: ({ fpr95 }) => fixed(fpr95, 3) },
  { head: 'AUPR of failures', of: ({ aupr }) => fixed(aupr, 3) },
  { head: 'risk % at 80 %', of: ({ risk80 }) => percent(risk80, 2) },
  { head: 'risk % at 90 %', of: ({ risk90 }) => percent(risk90, 2) },
];

/** Probabilities only, so Platt-scaled confidence stands in for the baselines. */
const CALIBRATION: typeof OTHERS = [
  { head: 'Brier', of: ({ brier }) => fixed(brier, 4) },
  { head: 'log loss', of: ({ logLoss }) => fixed(logLoss, 3) },
  { head: 'ECE', of: ({ ece }) => fixed(ece, 3) },
];

function pair(other: MethodSummary | undefined, own: MethodSummary, of: (figures: Figures) => string): string {
  return `${other === undefined ? '-' : of(other.figures)} > ${of(own.figures)}`;
}

function otherRow({ cell, all }: JudgedCell): string[] {
  const platt = plattOf(cell);
  return [
    baseName(cell.name), count(cell.labels),
    ...OTHERS.map(({ of }) => pair(all.baseline, cell.metaerr, of)),
    ...CALIBRATION.map(({ of }) => pair(platt, cell.metaerr, of)),
  ];
}

/** E-AURC of every method in every cell of a data set. */
function methodTable(cells: readonly JudgedCell[]): string {
  const names = [...new Set(cells.flatMap(({ cell }) => cell.baselines.map(({ name }) => name)))];
  const rows = cells.map(({ cell }) => {
    const values = [cell.metaerr, ...names.map((name) => cell.baselines.find((baseline) => baseline.name === name))].map((method) => method?.figures.eaurc ?? null);
    const least = Math.min(...values.map((value) => value ?? Infinity));
    return [baseName(cell.name), count(cell.labels), ...values.map((value) => (value === least ? `**${thousandths(value)}**` : thousandths(value)))];
  });
  return table(['base', 'n', 'MetaErr', ...names], rows);
}

/** How the tables of `dataSection` are read. */
export const CELLS_LEGEND = 'E-AURC x1000, means over the seeds. "=": the interval of the difference holds 0; **worse**: MetaErr is significantly worse; no mark: significantly better. "Worst seed": the largest ratio of a single seed.';

/** Every cell of a data set, good or bad. */
export function dataSection(data: string, cells: readonly JudgedCell[]): string {
  const details = (title: string, content: string): string => `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
  const labelled = cells.filter(({ cell }) => cell.labels > 0);
  return [
    `### ${data}`,
    mainTable(cells),
    details('E-AURC x1000 of every method', methodTable(cells)),
    details('Other figures: best of all baselines (Brier, log loss and ECE: Platt-scaled confidence) > MetaErr',
      table(['base', 'n', ...OTHERS.map(({ head }) => head), ...CALIBRATION.map(({ head }) => head)], labelled.map(otherRow))),
  ].join('\n\n');
}
