import { MetaErrError } from '../core/errors.js';
import type { SearchCursor } from '../jobs/search/contracts.js';
import type { SearchOrder } from '../jobs/search/order.js';

/** Of a date of JavaScript, in milliseconds. */
const LATEST = 8.64e15;

/** The text of a cursor: callers hand it back as it is. */
export function cursorText(order: SearchOrder, { from, to, after }: SearchCursor): string {
  return Buffer.from(JSON.stringify([order, from, to, after.key, after.createdAt, after.id, after.row])).toString('base64url');
}

/** Reads a cursor back. Throws INVALID_REQUEST where it is none of this order. */
export function readCursor(order: SearchOrder, text: string): SearchCursor {
  const fields = parsed(text);
  const [ofOrder, from, to, key, createdAt, id, row] = fields;
  const integers = [from, to, createdAt, row].every((value) => Number.isInteger(value) && Math.abs(Number(value)) <= LATEST);
  if (fields.length !== 7 || ofOrder !== order || typeof id !== 'string' || !Number.isFinite(key) || !integers) {
    throw new MetaErrError('INVALID_REQUEST', `querystring field cursor: expected next_cursor of a reply in the order ${order}`, { field: 'cursor' });
  }
  return { from: Number(from), to: Number(to), after: { key: Number(key), createdAt: Number(createdAt), id, row: Number(row) } };
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
