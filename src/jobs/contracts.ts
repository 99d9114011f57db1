import type { GroundTruthReason, GroundTruthStatus, LedgerCounts } from '../ledger/ledger.js';
import type { EvaluationSummary } from '../meta/evaluation/summary.js';
import type { MetaModelRecord } from '../meta/registry.js';
import type { Job } from './queue.js';

/** One item of POST /v1/ground-truth after the schema check: exactly one of label, value and correct is meant to be there. */
export interface GroundTruthInput {
  readonly prediction_id: string;
  readonly row?: number;
  readonly label?: string | number | boolean;
  readonly value?: number;
  readonly correct?: boolean;
  /** ISO 8601. */
  readonly observed_at?: string;
  readonly source?: string;
}

export type InvalidReason =
  | GroundTruthReason
  | 'malformed_prediction_id'
  | 'unknown_model'
  | 'label_value_or_correct_required'
  | 'only_one_of_label_value_correct'
  | 'malformed_observed_at';

export interface GroundTruthAnswer {
  readonly status: GroundTruthStatus;
  readonly reason?: InvalidReason;
}

export interface GroundTruthUseCase {
  /** Answers in the order of the items, when all that is acknowledged is durable. Fires retraining by its policy. */
  submit(items: readonly GroundTruthInput[]): Promise<readonly GroundTruthAnswer[]>;
}

export interface RetrainingUseCase {
  /** Flushes the ledger, then enqueues (or returns the one waiting job). */
  retrain(model: string): Promise<Job>;
  metaModels(model: string): Promise<readonly MetaModelRecord[]>;
  /** Makes a stored meta-model the champion, also an older one. Resolves when it serves here. */
  promote(model: string, metaVersion: number): Promise<MetaModelRecord>;
}

export interface ReportQuery {
  readonly model: string;
  readonly version: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly metaVersion: number | null;
}

export interface Report {
  readonly counts: LedgerCounts;
  readonly observedFailureRate: number | null;
  readonly expectedFailureRate: number | null;
  readonly champion: EvaluationSummary;
  readonly confidenceBaseline: EvaluationSummary;
}

export interface ReportUseCase {
  report(query: ReportQuery): Promise<Report>;
}
