import { binomialTail, rowsWithoutFailure } from './binomial.js';
import type { CalibrationTable } from './calibration-table.js';
import type { RiskTarget } from './fixed-sequence.js';

/** Beyond so many rows nothing is promised. */
const MOST_ROWS = 10_000_000;

/**
 * About how many more labelled rows a threshold will need to pass, if failures go on as at the thresholds seen: for each the fewest rows of
 * which its share, with failures at its observed rate, would pass the test; the least of these counts. An estimate: with so many rows
 * most recalibrations pass, not all. Rates are (failures + 1/2) / (rows + 1), so that a few rows without a failure promise nothing.
 * Null when no threshold seen has a rate below the target, and enough rows were seen to say so.
 */
export function moreLabels(table: CalibrationTable, { targetRisk, delta }: RiskTarget): number | null {
  const least = rowsWithoutFailure(targetRisk, delta);
  let fewest = Infinity;
  table.accepted.forEach((accepted, i) => {
    const rate = ((table.failed[i] ?? 0) + 0.5) / (accepted + 1);
    const share = accepted / table.rows;
    if (rate >= targetRisk || least / share >= fewest) return;
    const rows = rowsToPass(rate, targetRisk, delta) / share;
    fewest = Math.min(fewest, rows);
  });
  if (fewest <= MOST_ROWS) return Math.max(1, Math.ceil(fewest) - table.rows);
  return table.rows < least ? least - table.rows : null;
}

/** Fewest accepted rows with which failures at `rate` pass at the level delta. */
function rowsToPass(rate: number, targetRisk: number, delta: number): number {
  const pass = (rows: number) => binomialTail(Math.ceil(rows * rate), rows, targetRisk) <= delta;
  let failing = 0;
  let passing = rowsWithoutFailure(targetRisk, delta);
  while (!pass(passing)) {
    failing = passing;
    passing *= 2;
    if (passing > MOST_ROWS) return Infinity;
  }
  while (passing - failing > 1) {
    const middle = Math.floor((failing + passing) / 2);
    if (pass(middle)) passing = middle;
    else failing = middle;
  }
  return passing;
}
