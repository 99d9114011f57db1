import { expectedCalibrationError, reliabilityBins } from '../../../src/meta/evaluation/calibration-error.js';
import { brierLosses, logLosses, mean } from '../../../src/meta/evaluation/losses.js';
import { aurc, auroc, eaurc } from '../../../src/meta/evaluation/ranking.js';
import { riskCoverage } from '../../../src/meta/evaluation/risk-coverage.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import type { Scores } from '../baseline.js';
import { failureAveragePrecision, falseAcceptRate } from './detection.js';

/** How well scores tell failures from successes; null where the rows do not define a figure. */
export interface Figures {
  readonly auroc: number | null;
  readonly aurc: number | null;
  readonly eaurc: number | null;
  /** Share of the failures accepted where 95 % of the correct predictions are. */
  readonly fpr95: number | null;
  /** Average precision with failures as positives. */
  readonly aupr: number | null;
  /** Failure rate among the 80 and 90 % of rows of least score. */
  readonly risk80: number | null;
  readonly risk90: number | null;
  /** The next three are null for scores that are no probabilities. */
  readonly brier: number | null;
  readonly logLoss: number | null;
  /** Expected calibration error over 15 bins of equal mass. */
  readonly ece: number | null;
}

/** Points of a risk-coverage curve and bins of a reliability diagram, for the pictures. */
export interface Curves {
  /** [coverage, risk] */
  readonly riskCoverage: readonly (readonly [number, number])[];
  /** [mean failure probability, failure rate]; empty for scores that are no probabilities. */
  readonly reliability: readonly (readonly [number, number])[];
}

/** Steps of 10 % of the coverage. */
const TENTHS = 10;

/** Every figure of scores on rows whose outcome is known (1 = failure). */
export function figuresOf({ scores, areProbabilities }: Scores, failures: Uint8Array): Figures {
  const groups = tieGroups(scores, failures);
  const tenths = riskCoverage(groups, TENTHS);
  return {
    auroc: auroc(groups),
    aurc: aurc(groups),
    eaurc: eaurc(groups),
    fpr95: falseAcceptRate(groups),
    aupr: failureAveragePrecision(groups),
    risk80: tenths[7]?.risk ?? null,
    risk90: tenths[8]?.risk ?? null,
    brier: areProbabilities ? mean(brierLosses(scores, failures)) : null,
    logLoss: areProbabilities ? mean(logLosses(scores, failures)) : null,
    ece: areProbabilities ? expectedCalibrationError(reliabilityBins(groups)) : null,
  };
}

export function curvesOf({ scores, areProbabilities }: Scores, failures: Uint8Array): Curves {
  const groups = tieGroups(scores, failures);
  const bins = areProbabilities ? reliabilityBins(groups) : [];
  return {
    riskCoverage: riskCoverage(groups).map(({ coverage, risk }) => [coverage, risk] as const),
    reliability: bins.map((bin) => [bin.mean_failure_probability, bin.failure_rate] as const),
  };
}
