import { MOST_TEST_ROWS, rowOrder } from '../data/split.js';

/** Fewer rows leave too few for labels or test. */
export const LEAST_ROWS = 200;
const TEST_SHARE = 0.3;
const LEAST_TEST_ROWS = 600;

/**
 * How many rows are kept for the test: 30 %, at least 600 and at most 5,000; half of the rows where that is fewer. It does not depend
 * on the numbers of labels, so that these meet the same test rows.
 */
export function testRowsOf(rows: number): number {
  const wanted = Math.min(MOST_TEST_ROWS, Math.max(LEAST_TEST_ROWS, Math.ceil(TEST_SHARE * rows)));
  return Math.min(wanted, Math.floor(rows / 2));
}

/** Indexes of rows: the live stream in order of arrival, and the test rows. */
export interface OwnSplit {
  readonly live: Int32Array;
  readonly test: Int32Array;
}

/** Shuffles the rows anew for each seed. */
export function splitOwn(rows: number, seed: number): OwnSplit {
  const order = rowOrder(rows, seed);
  const live = rows - testRowsOf(rows);
  return { live: order.slice(0, live), test: order.slice(live) };
}
