/** One bin of a reliability diagram, of equal mass. */
export interface ReliabilityBin {
  readonly count: number;
  readonly mean_failure_probability: number;
  readonly failure_rate: number;
}

/** One point of a risk-coverage curve: the failure rate among the `coverage` share of rows of least failure probability. */
export interface RiskCoveragePoint {
  readonly coverage: number;
  readonly risk: number;
}

/**
 * How good failure probabilities are on rows whose outcome is known. Names are those of the API. A figure that the rows do
 * not define (AUROC without a failure) is null.
 */
export interface EvaluationSummary {
  readonly rows: number;
  readonly failures: number;
  readonly auroc: number | null;
  readonly aurc: number | null;
  readonly eaurc: number | null;
  readonly brier: number | null;
  readonly log_loss: number | null;
  /** Expected calibration error over 15 bins of equal mass. */
  readonly ece: number | null;
  readonly bins: readonly ReliabilityBin[];
  readonly risk_coverage: readonly RiskCoveragePoint[];
}
