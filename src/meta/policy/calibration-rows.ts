import { rowsWithoutFailure } from './binomial.js';
import { calibrationTable, EMPTY_TABLE, withRows, type CalibrationTable } from './calibration-table.js';
import type { RiskTarget } from './fixed-sequence.js';

/** Which rows a threshold was calibrated on: none of them trained the meta-model whose failure probabilities they carry. */
export type CalibrationBasis = 'none' | 'training' | 'served_and_training' | 'served';

/** Rows that the meta-model answered, with the failure probabilities of the replies (none NaN) and what became of them. */
export interface ServedRows {
  readonly scores: Float64Array;
  readonly failures: Uint8Array;
}

/**
 * Served rows stand alone from so many times the fewest rows that could pass on. Measured (docs/risk-policy.md): from there the training's
 * own rows add at most three points of coverage, and served rows are the only ones that are exactly what is to be guaranteed.
 */
const ALONE_FACTOR = 25;
const ALONE_MOST = 5_000;

/** Served rows that make those of the training superfluous for a target. */
export function rowsToStandAlone({ targetRisk, delta }: RiskTarget): number {
  return Math.min(ALONE_MOST, ALONE_FACTOR * rowsWithoutFailure(targetRisk, delta));
}

/**
 * The table to calibrate on: served rows added to those of the training (out of fold), until there are enough of them. The number of rows
 * decides, never their outcomes. `training` null: of a cold start, or of a record of before the policy.
 */
export function calibrationRows(served: ServedRows, training: CalibrationTable | null, target: RiskTarget): { readonly basis: CalibrationBasis; readonly table: CalibrationTable } {
  const rows = served.scores.length;
  const own = training === null || training.rows === 0 ? null : training;
  if (own === null || rows >= rowsToStandAlone(target)) {
    return rows === 0 ? { basis: 'none', table: EMPTY_TABLE } : { basis: 'served', table: calibrationTable(served.scores, served.failures) };
  }
  return rows === 0 ? { basis: 'training', table: own } : { basis: 'served_and_training', table: withRows(own, served.scores, served.failures) };
}
