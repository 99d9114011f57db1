import { tieGroups } from '../evaluation/tie-groups.js';

/**
 * What the rows of a calibration say at each threshold of a grid; the arrays have one element a threshold. Plain numbers, for it is stored
 * as JSON with a meta-model.
 */
export interface CalibrationTable extends ScoreTable {
  readonly failures: number;
  /** Failures among the accepted rows. */
  readonly failed: readonly number[];
}

/** The part of a table that needs no outcomes. */
export interface ScoreTable {
  readonly rows: number;
  /** Ascending. A threshold accepts every row of this failure probability or less; the last one is the largest that was seen. */
  readonly thresholds: readonly number[];
  /** Rows that the threshold accepts. */
  readonly accepted: readonly number[];
}

/** Most thresholds of a table. */
export const TABLE_POINTS = 200;
export const EMPTY_TABLE: CalibrationTable = { rows: 0, failures: 0, thresholds: [], accepted: [], failed: [] };

/**
 * The table of n rows with failure probabilities (0 to 1, none NaN) and outcomes (1 = failure), in O(n log n). Its thresholds are chosen
 * from the failure probabilities alone: they are order statistics of fixed ranks, so that given the failure probabilities the hypotheses
 * about them are fixed, too. Rows of equal failure probability are accepted together, and nothing above the largest that was seen
 * is ever accepted. Throws a RangeError on NaN and on arrays of different length.
 */
export function calibrationTable(scores: Float64Array, failures: Uint8Array, points = TABLE_POINTS): CalibrationTable {
  const groups = tieGroups(scores, failures);
  const n = groups.totalRows;
  if (n === 0) return EMPTY_TABLE;
  const table = { thresholds: [] as number[], accepted: [] as number[], failed: [] as number[] };
  let [rows, failed] = [0, 0];
  const ranksUpTo = (count: number) => Math.floor((count * Math.min(n, points)) / n);
  for (let g = 0; g < groups.count; g++) {
    const before = ranksUpTo(rows);
    rows += groups.rows[g] ?? 0;
    failed += groups.failures[g] ?? 0;
    // No order statistic of the grid lies in this group.
    if (ranksUpTo(rows) === before) continue;
    table.thresholds.push(groups.scores[g] ?? 0);
    table.accepted.push(rows);
    table.failed.push(failed);
  }
  return { rows: n, failures: groups.totalFailures, ...table };
}

/** What a table says of rows whose outcomes nobody knows. */
export function scoreTable(scores: Float64Array): ScoreTable {
  const { rows, thresholds, accepted } = calibrationTable(scores, new Uint8Array(scores.length));
  return { rows, thresholds, accepted };
}

/** The table with further rows counted at its own thresholds. */
export function withRows(table: CalibrationTable, scores: Float64Array, failures: Uint8Array): CalibrationTable {
  const order = tieGroups(scores, failures);
  const [accepted, failed] = [[...table.accepted], [...table.failed]];
  let g = 0;
  const sum = { rows: 0, failures: 0 };
  table.thresholds.forEach((threshold, i) => {
    for (; g < order.count && (order.scores[g] ?? 0) <= threshold; g++) {
      sum.rows += order.rows[g] ?? 0;
      sum.failures += order.failures[g] ?? 0;
    }
    accepted[i] = (accepted[i] ?? 0) + sum.rows;
    failed[i] = (failed[i] ?? 0) + sum.failures;
  });
  return { rows: table.rows + order.totalRows, failures: table.failures + order.totalFailures, thresholds: table.thresholds, accepted, failed };
}
