import type { Comparison, JudgedCell } from '../report/compare.js';
import { count, ratio } from '../report/markdown.js';

/** Fewer failures among the test rows of all seeds decide next to nothing. */
const FEW_FAILURES = 30;

const labelsOf = (cells: readonly JudgedCell[]): string => cells.map(({ cell }) => count(cell.labels)).join(', ');

function sentence(against: string, cells: readonly JudgedCell[], of: (judged: JudgedCell) => Comparison): string {
  const having = (verdict: Comparison['verdict']): JudgedCell[] => cells.filter((judged) => of(judged).verdict === verdict);
  const [better, worse] = [having('better'), having('worse')];
  const shown = better.map((judged) => `${ratio(of(judged).ratio)} times at ${count(judged.cell.labels)}`);
  const gain = better.length === 0 ? 'significantly better at no number of labels' : `significantly better with ${labelsOf(better)} labels (E-AURC ${shown.join(', ')})`;
  return `Against ${against} MetaErr is ${gain}, significantly worse ${worse.length === 0 ? 'at none' : `with ${labelsOf(worse)}`}.`;
}

/** What speaks against reading much into the figures; empty where nothing does. */
function caveats([first]: readonly JudgedCell[], classes: number): string[] {
  if (first === undefined) return [];
  const { errorRate, testRows, seeds } = first.cell;
  const failures = errorRate * testRows * seeds.length;
  return [
    ...(failures < FEW_FAILURES ? [`The base model fails on ${count(failures)} of the test rows of all shuffles together: too few to tell much.`] : []),
    ...(errorRate > 1 - 1 / classes ? [`The base model is wrong on ${(100 * errorRate).toFixed(0)} % of the rows, more than by guessing: are the labels, and the order of the columns, those that it was trained with?`] : []),
  ];
}

/** Whether it would help, in words. `cells` are in the order of the labels; at least one. */
export function answerOf(cells: readonly JudgedCell[], classes: number): string {
  return [
    ...caveats(cells, classes),
    sentence('the best baseline that needs no labels', cells, ({ labelFree }) => labelFree),
    sentence('the best of all baselines, given the same labels,', cells, ({ all }) => all),
  ].join(' ');
}
