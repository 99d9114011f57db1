import { isExactNumber } from '../../core/exact-number.js';
import { MOST_CALLER_ID_LENGTH } from '../../core/ids.js';
import type { CallerIds } from '../contracts.js';
import { describeValue, invalidInput } from './input-error.js';

/** A text as it is, a number as its text; integers that JSON numbers do not hold exactly would become other ids. */
function idText(value: unknown, index: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= MOST_CALLER_ID_LENGTH) return value;
  if (typeof value === 'number' && isExactNumber(value)) return String(value);
  const expected = `expected a text of 1 to ${MOST_CALLER_ID_LENGTH} characters, or a number (integers beyond 2^53 - 1 as text)`;
  throw invalidInput(`ids[${index}]`, `${expected}, got ${typeof value === 'string' ? `a text of ${value.length}` : describeValue(value)}`);
}

/** Reads `ids`: the caller's own id of each row. Throws INVALID_INPUT. */
export function decodeIds(ids: unknown, rows: number, rowsField: string): CallerIds | null {
  if (ids === undefined) return null;
  if (!Array.isArray(ids)) throw invalidInput('ids', `expected an array of one id a row, got ${describeValue(ids)}`);
  if (ids.length !== rows) throw invalidInput('ids', `expected ${rows} ids, one for each row of ${rowsField}, got ${ids.length}`);
  return { rows: ids.map(idText) };
}
