import { countLater } from '../data/split.js';
import type { StreamData } from '../data/stream.js';
import type { Unit } from './units.js';

export const SIZES: readonly number[] = [0, 30, 100, 300, 1000, 3000, 10_000];
/** A size is left out where it would leave fewer rows for the test. */
const LEAST_TEST_ROWS = 2000;
/** The same for data sets that are too small for that. */
const LEAST_TEST_ROWS_OF_SMALL = 600;
const SMALL = 3000;
/** Rows of the live stream for each labelled row where only the riskier half is labelled. */
const ROWS_A_SELECTED_LABEL = 2;

/**
 * The numbers of labels that the rows of a unit reach, and its live rows: those that the largest size of the whole grid takes,
 * whatever is wanted, so that the test rows are the same for any choice of sizes.
 */
export function reachableSizes(data: StreamData, unit: Unit, wanted: readonly number[]): { readonly sizes: number[]; readonly liveRows: number } {
  const kept = data.rows < SMALL ? LEAST_TEST_ROWS_OF_SMALL : LEAST_TEST_ROWS;
  const factor = unit.scenario === 'selected' ? ROWS_A_SELECTED_LABEL : 1;
  const most = Math.floor((countLater(data, unit) - kept) / factor);
  const isReached = (size: number): boolean => size <= most;
  return { sizes: wanted.filter(isReached), liveRows: factor * Math.max(0, ...[...SIZES, ...wanted].filter(isReached)) };
}
