import { riskBound } from './binomial.js';
import type { CalibrationTable } from './calibration-table.js';
import { fixedSequence, type RiskTarget } from './fixed-sequence.js';
import { moreLabels } from './more-labels.js';

/** What a calibration came to. */
export interface RiskThreshold {
  /** Failure probabilities up to this one are accepted; null where no threshold reaches the risk yet. */
  readonly threshold: number | null;
  /** Calibration rows that it accepts, and failures among them; 0 without a threshold. */
  readonly accepted: number;
  readonly failed: number;
  /** Share of the calibration rows that it accepts; null without a threshold. */
  readonly coverage: number | null;
  /** Exact upper bound of the failure rate among the accepted at the level of its test, never above the target; null without a threshold. */
  readonly riskBound: number | null;
  /** See `moreLabels`; 0 with a threshold. */
  readonly moreLabels: number | null;
}

/** The threshold of largest coverage that holds the target. */
export function riskThreshold(table: CalibrationTable, target: RiskTarget): RiskThreshold {
  const passed = fixedSequence(table, target);
  if (passed === null) return { threshold: null, accepted: 0, failed: 0, coverage: null, riskBound: null, moreLabels: moreLabels(table, target) };
  const { index, level } = passed;
  const accepted = table.accepted[index] ?? 0;
  const failed = table.failed[index] ?? 0;
  return {
    threshold: table.thresholds[index] ?? null,
    accepted,
    failed,
    coverage: accepted / table.rows,
    riskBound: riskBound(failed, accepted, level),
    moreLabels: 0,
  };
}
