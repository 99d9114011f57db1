import { expectedCalibrationError, reliabilityBins } from './calibration-error.js';
import { brierLosses, logLosses, mean } from './losses.js';
import { aurc, auroc, eaurc } from './ranking.js';
import { riskCoverage } from './risk-coverage.js';
import type { EvaluationSummary } from './summary.js';
import { tieGroups } from './tie-groups.js';

/**
 * Every figure of an EvaluationSummary, from failure probabilities (0..1, none NaN) and outcomes (1 = failure) of the same
 * rows, in O(n log n). Throws a RangeError on NaN or on arrays of different length.
 */
export function summarize(scores: Float64Array, failures: Uint8Array): EvaluationSummary {
  const groups = tieGroups(scores, failures);
  const bins = reliabilityBins(groups);
  return {
    rows: groups.totalRows,
    failures: groups.totalFailures,
    auroc: auroc(groups),
    aurc: aurc(groups),
    eaurc: eaurc(groups),
    brier: mean(brierLosses(scores, failures)),
    log_loss: mean(logLosses(scores, failures)),
    ece: expectedCalibrationError(bins),
    bins,
    risk_coverage: riskCoverage(groups),
  };
}
