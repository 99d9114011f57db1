import type { MethodSummary } from '../report/cells.js';
import type { Comparison, JudgedCell } from '../report/compare.js';
import { count, fixed, ratio, thousandths } from '../report/markdown.js';
import { confidenceOf, plattOf } from '../report/references.js';

/** What one number of labels is answered with, on the page and on the console. */
export interface AnswerColumn {
  readonly head: string;
  of(judged: JudgedCell): string;
}

const eaurc = (method: MethodSummary | undefined): string => thousandths(method?.figures.eaurc);
const judged = ({ ratio: value, verdict }: Comparison): string => `${ratio(value)} ${verdict}`;
const best = ({ baseline }: Comparison): string => `${eaurc(baseline)} ${baseline.name}`;

export const ANSWER_COLUMNS: readonly AnswerColumn[] = [
  { head: 'labels', of: ({ cell }) => count(cell.labels) },
  { head: 'failures', of: ({ cell }) => count(cell.failures) },
  { head: '1 - confidence', of: ({ cell }) => eaurc(confidenceOf(cell)) },
  { head: 'best label-free', of: ({ labelFree }) => best(labelFree) },
  { head: 'best of all', of: ({ all }) => best(all) },
  { head: 'MetaErr', of: ({ cell }) => eaurc(cell.metaerr) },
  { head: 'by label-free', of: ({ labelFree }) => judged(labelFree) },
  { head: 'by all', of: ({ all }) => judged(all) },
  { head: 'ECE Platt > MetaErr', of: ({ cell }) => `${fixed(plattOf(cell)?.figures.ece, 3)} > ${fixed(cell.metaerr.figures.ece, 3)}` },
  { head: 'Brier Platt > MetaErr', of: ({ cell }) => `${fixed(plattOf(cell)?.figures.brier, 4)} > ${fixed(cell.metaerr.figures.brier, 4)}` },
];
