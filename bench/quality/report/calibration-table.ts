import { meanOf } from './cells.js';
import type { Cell } from './cells.js';
import { count, fixed, table } from './markdown.js';
import { confidenceOf, plattOf } from './references.js';

/** Cells whose means stand in one row. */
export interface CalibrationRow {
  readonly title: string;
  readonly cells: readonly Cell[];
}

function cellsOf({ title, cells }: CalibrationRow): string[] {
  const mean = (of: (cell: Cell) => number | null | undefined): number | null => meanOf(cells.map((cell) => of(cell) ?? null));
  const figures = (name: 'brier' | 'ece'): (number | null)[] => [confidenceOf, plattOf, ({ metaerr }: Cell) => metaerr].map((method) => mean((cell) => method(cell)?.figures[name]));
  return [title, count(cells.length), ...figures('brier').map((value) => fixed(value, 4)), ...figures('ece').map((value) => fixed(value, 3))];
}

/** Brier score and ECE of 1 - confidence, of Platt-scaled confidence and of the product; `head` says what the rows differ in. */
export function calibrationTable(head: string, rows: readonly CalibrationRow[]): string {
  const heads = [head, 'cells', 'Brier 1 - confidence', 'Brier Platt-scaled', 'Brier MetaErr', 'ECE 1 - confidence', 'ECE Platt-scaled', 'ECE MetaErr'];
  return table(heads, rows.map(cellsOf));
}
