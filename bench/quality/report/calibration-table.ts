import { meanOf } from './cells.js';
import type { Cell, MethodSummary } from './cells.js';
import { count, fixed, table } from './markdown.js';

const PLATT = /^Platt/i;
const MSP = /^MSP$/;

/** The baseline of that name in a cell. */
function find(cell: Cell, name: RegExp): MethodSummary | undefined {
  return cell.baselines.find((baseline) => name.test(baseline.name));
}

/** 1 - confidence in a cell. */
export const confidenceOf = (cell: Cell): MethodSummary | undefined => find(cell, MSP);

/** Platt-scaled confidence in a cell; there is none without labels. */
export const plattOf = (cell: Cell): MethodSummary | undefined => find(cell, PLATT);

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
