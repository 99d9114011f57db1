import type { RiskPolicy } from '../../inference/contracts.js';
import type { Ledger, ModelKey } from '../../ledger/ledger.js';
import { calibrationRows } from '../../meta/policy/calibration-rows.js';
import type { CalibrationTable, ScoreTable } from '../../meta/policy/calibration-table.js';
import { budgetThreshold, tableBudgetThreshold } from '../../meta/policy/review-budget.js';
import { riskThreshold } from '../../meta/policy/risk-threshold.js';
import type { MetaModelRecord } from '../../meta/registry.js';
import { answersSince } from '../clocks-apart.js';
import type { PolicyCalibration } from '../contracts.js';
import { answeredRows, type AnsweredRows } from './answered-rows.js';
import { recentScores } from './recent-scores.js';

/** With fewer recent predictions a budget is taken from the training's rows. */
export const LEAST_RECENT_SCORES = 100;

export interface CalibrationPorts {
  readonly ledger: Pick<Ledger, 'labelled' | 'scan'>;
  /** Wall-clock time, milliseconds. */
  readonly now: number;
}

/** Whose threshold is computed. `record` null: the cold start. */
export interface Calibrated {
  readonly key: ModelKey;
  readonly metaVersion: number;
  readonly record: MetaModelRecord | null;
}

/** Computes the threshold of one meta-model version from the ledger and its record. The same rows give the same threshold, in any process. */
export async function calibrate(ports: CalibrationPorts, policy: RiskPolicy, subject: Calibrated): Promise<PolicyCalibration> {
  const { key, metaVersion, record } = subject;
  const answered = await answeredOf(ports, subject);
  const training = record?.training.calibration ?? null;
  const outcome = 'review_budget' in policy
    ? underBudget(await recentScores(ports.ledger, key, metaVersion, ports.now), training ?? record?.training.scores ?? null, policy.review_budget)
    : underRisk(answered, training, { targetRisk: policy.target_risk, delta: 1 - policy.confidence });
  return { metaVersion, at: ports.now, ...outcome, soFar: soFarOf(answered) };
}

/** What is known without a policy: only how the decisions went. */
export async function observeFixed(ports: CalibrationPorts, threshold: number, subject: Calibrated): Promise<PolicyCalibration> {
  const soFar = soFarOf(await answeredOf(ports, subject));
  return { metaVersion: subject.metaVersion, at: ports.now, ...UNCALIBRATED, threshold, soFar };
}

type Outcome = Omit<PolicyCalibration, 'metaVersion' | 'at' | 'soFar'>;

const UNCALIBRATED: Outcome = {
  threshold: null, basis: 'none', rows: 0, failures: 0, servedRows: 0, accepted: 0, acceptedFailures: 0, coverage: null, riskBound: null, moreLabels: null, morePredictions: null,
};

function answeredOf({ ledger }: CalibrationPorts, { key, metaVersion, record }: Calibrated): Promise<AnsweredRows> {
  return answeredRows(ledger, key, metaVersion, record === null ? null : answersSince(record));
}

function soFarOf({ scores, accepted, acceptedFailures }: AnsweredRows): PolicyCalibration['soFar'] {
  return { labelled: scores.length, accepted, failures: acceptedFailures };
}

function underRisk(answered: AnsweredRows, training: CalibrationTable | null, target: { readonly targetRisk: number; readonly delta: number }): Outcome {
  const { basis, table } = calibrationRows(answered, training, target);
  const { threshold, accepted, failed, coverage, riskBound, moreLabels } = riskThreshold(table, target);
  const servedRows = basis === 'training' ? 0 : answered.scores.length;
  return { threshold, basis, rows: table.rows, failures: table.failures, servedRows, accepted, acceptedFailures: failed, coverage, riskBound, moreLabels, morePredictions: null };
}

/** No ground truth is needed: `failures` are not looked at. */
function underBudget(recent: Float64Array, training: ScoreTable | null, budget: number): Outcome {
  if (recent.length >= LEAST_RECENT_SCORES) {
    const threshold = budgetThreshold(recent, budget);
    const accepted = threshold === null ? 0 : recent.reduce((sum, score) => sum + (score <= threshold ? 1 : 0), 0);
    return { ...UNCALIBRATED, threshold, basis: 'served', rows: recent.length, servedRows: recent.length, accepted, coverage: accepted / recent.length };
  }
  const threshold = training === null ? null : tableBudgetThreshold(training, budget);
  if (training === null || threshold === null) return { ...UNCALIBRATED, morePredictions: LEAST_RECENT_SCORES - recent.length };
  const accepted = training.accepted[training.thresholds.indexOf(threshold)] ?? 0;
  return { ...UNCALIBRATED, threshold, basis: 'training', rows: training.rows, accepted, coverage: accepted / training.rows };
}
