import { ANSWER_COLUMNS } from './answer-columns.js';
import { answerOf } from './answer.js';
import type { OwnReport } from './own-summary.js';

/** Lines of equal columns. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = ANSWER_COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

/** The report in short, for a terminal. */
export function consoleTable({ cells, classes, name }: OwnReport): string {
  const lines = [ANSWER_COLUMNS.map(({ head }) => head), ...cells.map((judged) => ANSWER_COLUMNS.map(({ of }) => of(judged)))];
  return [
    `${name}: E-AURC x1000 (lower is better); "by": MetaErr by the best baseline, below 1 is better, and whether the difference counts`,
    aligned(lines),
    answerOf(cells, classes),
  ].join('\n\n');
}
