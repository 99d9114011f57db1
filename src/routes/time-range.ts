import { MetaErrError } from '../core/errors.js';
import { parseIsoTime } from '../jobs/parse-time.js';

/** Times of `from` (included) and `to` (not included) in milliseconds since 1970; null is open. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

function milliseconds(field: 'from' | 'to', iso: string | undefined): number | null {
  if (iso === undefined) return null;
  const time = parseIsoTime(iso);
  if (time !== null) return time;
  throw new MetaErrError('INVALID_REQUEST', `querystring field ${field}: expected a date and time with its offset from UTC, such as 2026-03-01T12:00:00Z`, { field });
}

/** Reads the range of a query. Throws INVALID_REQUEST that names the field. */
export function timeRange(query: { readonly from?: string; readonly to?: string }): TimeRange {
  const from = milliseconds('from', query.from);
  const to = milliseconds('to', query.to);
  if (from !== null && to !== null && from > to) throw new MetaErrError('INVALID_REQUEST', 'querystring field from: expected a time that is not after to', { field: 'from' });
  return { from, to };
}
