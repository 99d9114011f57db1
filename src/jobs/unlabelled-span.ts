import type { Ledger } from '../ledger/ledger.js';
import { unlabelledOf, type UnlabelledQuery } from './unlabelled-rows.js';

/** A time from which on the newest unlabelled rows of a query can be read oldest first. */
export interface UnlabelledSpan {
  readonly from: number;
  /** Rows of the query that were there, `newest` at most. */
  readonly rows: number;
}

/** How much may be looked at. Smaller limits are for tests. */
export interface SearchLimits {
  /** Rows, of any kind, after which a span is given up as too full: this many for each row wanted. */
  readonly span: number;
  /** The same of all spans together; what was found until then is enough. */
  readonly all: number;
  /** Rows wanted count as so many at least. */
  readonly least: number;
}

const LIMITS: SearchLimits = { span: 2, all: 20, least: 1_000 };
const FIRST_SPAN_MILLISECONDS = 60_000;
/** Spans grow and shrink by it: a ledger that was quiet for a year is passed over in a dozen steps. */
const FACTOR = 4;
/** Times are whole milliseconds: what was made in one cannot be told apart. */
const SHORTEST_MILLISECONDS = 1;

/**
 * Finds where the newest unlabelled rows of a query begin; null where there are none. A scan goes forwards only and the ledger may hold millions
 * of rows, so spans of time are looked through from the newest back, without feature vectors: longer ones where few rows are. One that holds
 * too many is given up in its midst and halved, so what is looked at depends on the rows that are wanted (and on the logarithm of time), and
 * not on the size of the ledger. Where nearly every row has a ground truth, fewer rows than wanted may be found. `counts` would not do:
 * a count of a span with a million rows cannot be stopped, and does not tell rows by digest and feature schema.
 */
export async function unlabelledSpan(ledger: Pick<Ledger, 'scan'>, query: UnlabelledQuery, limits: SearchLimits = LIMITS): Promise<UnlabelledSpan | null> {
  const wanted = Math.max(query.newest, limits.least);
  const [most, all] = [limits.span * wanted, limits.all * wanted];
  let [before, length, looked, rows] = [Math.ceil(query.before), FIRST_SPAN_MILLISECONDS, 0, 0];
  let oldest = before;
  const expected = before - (query.ahead ?? 0);
  // From here to `before` are too many rows; null where that is not known.
  let tooFar: number | null = null;
  while (before > 0 && rows < query.newest && looked < all) {
    const from = nextStart(before, before > expected ? before - expected : length, tooFar);
    const seen = await lookThrough(ledger, query, { from, before, most: before - from <= SHORTEST_MILLISECONDS ? Infinity : most });
    if (seen === null) {
      tooFar = from;
      continue;
    }
    const first = seen.times[Math.max(0, seen.times.length - (query.newest - rows))];
    if (first !== undefined) oldest = first;
    rows = Math.min(query.newest, rows + seen.times.length);
    looked += seen.looked;
    if (before <= expected) length = nextLength(before - from, seen.looked, most);
    if (tooFar !== null && from <= tooFar) tooFar = null;
    before = from;
  }
  return rows === 0 ? null : { from: oldest, rows };
}

/** Half the way to where too many rows would be, or less. */
function nextStart(before: number, length: number, tooFar: number | null): number {
  const start = tooFar === null ? before - length : Math.max(before - length, (tooFar + before) / 2);
  return Math.max(0, Math.min(Math.floor(start), before - SHORTEST_MILLISECONDS));
}

/** The next span is longer where this one held few rows, so that it is not given up at a constant rate of rows. */
function nextLength(length: number, looked: number, most: number): number {
  return looked < most / (2 * FACTOR) ? FACTOR * length : length;
}

interface Stretch {
  readonly from: number;
  readonly before: number;
  /** Rows after which it is given up. */
  readonly most: number;
}

/** Times of the rows of a query in a stretch of time, in order, and how many rows of any kind are there; null where it was given up. */
async function lookThrough(ledger: Pick<Ledger, 'scan'>, query: UnlabelledQuery, { from, before, most }: Stretch): Promise<{ readonly times: readonly number[]; readonly looked: number } | null> {
  const times: number[] = [];
  let looked = 0;
  // Rows of every version and labelled ones too: those that a scan passes over in silence cannot be counted.
  for await (const batch of ledger.scan({ model: query.key.model, version: null, labelled: null, from, to: before, features: false, inputs: false })) {
    looked += batch.count;
    if (looked > most) return null;
    for (const i of unlabelledOf(batch, query)) times.push(batch.createdAt[i] ?? NaN);
  }
  return { times, looked };
}
