import type { RiskPolicy } from '../inference/contracts.js';
import type { GroundTruthReason, GroundTruthStatus, LedgerCounts, ModelKey, RowRange, ScanBatch, ScanQuery } from '../ledger/ledger.js';
import type { EvaluationSummary } from '../meta/evaluation/summary.js';
import type { CalibrationBasis } from '../meta/policy/calibration-rows.js';
import type { MetaModelRecord } from '../meta/registry.js';
import type { DriftView } from './drift/measure-drift.js';
import type { Job, NewJob } from './queue.js';

/**
 * One item of POST /v1/ground-truth after the schema check. It names its prediction by `prediction_id`, or by `model` and `id`, the
 * caller's own; exactly one of label, value and correct is meant to be there.
 */
export interface GroundTruthInput {
  readonly prediction_id?: string;
  readonly model?: string;
  /** A number stands for its decimal text. */
  readonly id?: string | number;
  readonly row?: number;
  readonly label?: string | number | boolean;
  readonly value?: number;
  readonly correct?: boolean;
  /** ISO 8601. */
  readonly observed_at?: string;
  /** With which probability the row was chosen to be labelled. */
  readonly selection?: { readonly probability: number };
  readonly source?: string;
}

export type InvalidReason =
  | GroundTruthReason
  | 'prediction_id_or_model_and_id_required'
  | 'only_one_of_prediction_id_and_id'
  | 'malformed_prediction_id'
  | 'malformed_id'
  | 'unknown_model'
  | 'label_value_or_correct_required'
  | 'only_one_of_label_value_correct'
  | 'malformed_label'
  | 'malformed_observed_at'
  | 'malformed_selection_probability';

export interface GroundTruthAnswer {
  readonly status: GroundTruthStatus;
  readonly reason?: InvalidReason;
  /** There where it was taken, and its label is no class of the model that is loaded. */
  readonly unknown_label?: true;
}

/** Labels that are no class of their model: how many ground truths have one, and a few of them, cut to 100 letters. */
export interface UnknownLabels {
  readonly total: number;
  readonly examples: readonly string[];
}

/** A line of a stream of ground truths: its number, from 1, and what it says or why it says nothing. */
export type GroundTruthLine =
  | { readonly line: number; readonly item: GroundTruthInput }
  | { readonly line: number; readonly fault: string };

/** What became of a stream of ground truths. */
export interface GroundTruthTally {
  /** Lines read, blank ones not counted. */
  readonly lines: number;
  readonly counts: Readonly<Partial<Record<GroundTruthStatus, number>>>;
  /** The first invalid lines. */
  readonly invalid: readonly { readonly line: number; readonly reason: string }[];
  /** Of the lines that were taken. */
  readonly unknownLabels: UnknownLabels;
}

export interface GroundTruthUseCase {
  /** Answers in the order of the items, when all that is acknowledged is durable. Fires retraining by its policy. */
  submit(items: readonly GroundTruthInput[]): Promise<readonly GroundTruthAnswer[]>;
  /**
   * Takes a stream of any length, chunk by chunk: a chunk is durable before the next one is asked for. When the source or the ledger
   * fails with an error of the catalogue, it throws that error, and its message also says up to which line everything is stored.
   */
  submitStream(chunks: AsyncIterable<readonly GroundTruthLine[]>): Promise<GroundTruthTally>;
}

export interface LedgerExportUseCase {
  /**
   * The rows of a model as they come from `Ledger.scan`, with the predictions that were answered before the call. Rejects with
   * MODEL_NOT_FOUND before anything is read; a model that could not be loaded is known.
   */
  open(query: ScanQuery): Promise<AsyncIterable<ScanBatch>>;
}

/** The request that asks for a retraining. */
export type AskedBy = Pick<NewJob, 'requestId' | 'traceParent'>;

export interface RetrainingUseCase {
  /** Flushes the ledger, then enqueues (or returns the one waiting job). */
  retrain(model: string, asked: AskedBy): Promise<Job>;
  metaModels(model: string): Promise<readonly MetaModelRecord[]>;
  /** Makes a stored meta-model the champion, also an older one. Resolves when it serves here. */
  promote(model: string, metaVersion: number): Promise<MetaModelRecord>;
}

export interface ReportQuery extends RowRange {
  readonly metaVersion: number | null;
}

/** For whom the labelled rows stand. */
export interface LabelReport {
  /** Labelled rows that were judged; those of them whose probability of being chosen is known, and those whose is not. */
  readonly rows: number;
  readonly known: number;
  readonly unknown: number;
  /** Audited ones among them. */
  readonly audited: number;
  /** How many rows of equal weight say as much. */
  readonly effectiveRows: number;
  /** Under clipped inverse-propensity weights; null without rows that have a failure probability. */
  readonly weighted: { readonly expectedFailureRate: number; readonly observedFailureRate: number; readonly brier: number; readonly logLoss: number } | null;
  /** Among the rows, those whose true label is no class of the model; null where its classes are not known. */
  readonly unknownLabels: UnknownLabels | null;
  /** Null where it cannot be said. */
  readonly visiblySelected: boolean | null;
  /** In a sentence. */
  readonly statement: string;
}

export interface Report {
  readonly counts: LedgerCounts;
  readonly observedFailureRate: number | null;
  readonly expectedFailureRate: number | null;
  readonly champion: EvaluationSummary;
  readonly confidenceBaseline: EvaluationSummary;
  readonly labels: LabelReport;
  /** Of the meta-model that serves, whatever rows were asked for; null in the cold start. */
  readonly calibrationDrift: DriftView | null;
}

export interface ReportUseCase {
  report(query: ReportQuery): Promise<Report>;
}

/** The threshold of one meta-model version, and how it came about. */
export interface PolicyCalibration {
  readonly metaVersion: number;
  /** When it was computed, milliseconds. */
  readonly at: number;
  /** Failure probabilities up to this one are accepted; null where none is known: every decision is review. */
  readonly threshold: number | null;
  readonly basis: CalibrationBasis;
  /** Rows that it was computed from, and failures among them (0 where ground truths are not looked at). */
  readonly rows: number;
  readonly failures: number;
  /** Those of the rows that this meta-model version itself answered. */
  readonly servedRows: number;
  /** Of the rows: how many the threshold accepts, and failures among these. */
  readonly accepted: number;
  readonly acceptedFailures: number;
  readonly coverage: number | null;
  /** Upper bound of the failure rate among the accepted; null without a target risk. */
  readonly riskBound: number | null;
  /** About how many more ground truths a threshold needs: 0 with one; null where it cannot be said. */
  readonly moreLabels: number | null;
  /** How many more predictions a review budget needs to begin; null elsewhere. */
  readonly morePredictions: number | null;
  /** Labelled rows of this meta-model version as they were decided: how many (the newest), how many accepted, failures among these. */
  readonly soFar: { readonly labelled: number; readonly accepted: number; readonly failures: number };
}

/** The risk policy of a loaded model as it stands. */
export interface PolicyView {
  readonly key: ModelKey;
  /** Null: a fixed threshold decides. */
  readonly policy: RiskPolicy | null;
  readonly calibration: PolicyCalibration;
}

export interface RiskPolicyUseCase {
  /**
   * Of the meta-model that serves, computed anew where ground truths have come. While the store is away: what was computed last.
   * Throws as `ModelCatalogue.loaded` does, and LEDGER_UNAVAILABLE or STORE_UNAVAILABLE where nothing was computed yet.
   */
  view(model: string): Promise<PolicyView>;
}
