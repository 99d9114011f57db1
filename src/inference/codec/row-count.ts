import { invalidInput } from './input-error.js';

/** Most rows of one request, whatever a row is; what is kept of each prediction takes memory of its own. */
export const MOST_ROWS = 1 << 20;

/** Throws INVALID_INPUT unless there is at least one row, and not too many for one request. */
export function checkRowCount(rows: number, field: string): void {
  if (rows === 0) throw invalidInput(field, 'expected at least one row, got none');
  if (rows > MOST_ROWS) throw invalidInput(field, `expected at most ${MOST_ROWS} rows in a request, got ${rows}`);
}
