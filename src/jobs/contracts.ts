import type { GroundTruthReason, GroundTruthStatus, LedgerCounts, ScanBatch, ScanQuery } from '../ledger/ledger.js';
import type { EvaluationSummary } from '../meta/evaluation/summary.js';
import type { MetaModelRecord } from '../meta/registry.js';
import type { Job } from './queue.js';

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
  | 'malformed_observed_at';

export interface GroundTruthAnswer {
  readonly status: GroundTruthStatus;
  readonly reason?: InvalidReason;
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

export interface RetrainingUseCase {
  /** Flushes the ledger, then enqueues (or returns the one waiting job). */
  retrain(model: string, requestId: string | null): Promise<Job>;
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
