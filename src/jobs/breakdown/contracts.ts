import type { MetaErrStatus, RowRange } from '../../ledger/ledger.js';

export type BreakdownQuery = RowRange;

/** Rows whose failure probability is in [from, to), the last one with 1. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly predictions: number;
  readonly labelled: number;
  readonly failures: number;
}

/** The rows of one predicted label. */
export interface ClassTally {
  readonly label: string;
  readonly predictions: number;
  readonly scored: number;
  readonly expectedFailures: number;
  readonly labelled: number;
  readonly failures: number;
}

/** Failures where one class was predicted and another was true. */
export interface PairTally {
  readonly predicted: string;
  readonly actual: string;
  readonly failures: number;
  /** Mean failure probability of those that have one; null without. */
  readonly meanFailureProbability: number | null;
}

export interface Breakdown {
  readonly histogram: readonly HistogramBin[];
  /** Those with most failures, known and expected, first. */
  readonly classes: readonly ClassTally[];
  /** The most frequent first. */
  readonly pairs: readonly PairTally[];
  readonly statuses: Readonly<Record<MetaErrStatus, number>>;
  readonly reviews: number;
  /** What was read: every row created in [from, to). `complete` is false where the range that was asked for begins earlier. */
  readonly searched: { readonly from: number; readonly to: number; readonly rows: number; readonly complete: boolean };
}

export interface BreakdownUseCase {
  /** Rejects with MODEL_NOT_FOUND for a model that nobody knows; one that could not be loaded is known. */
  breakdown(query: BreakdownQuery): Promise<Breakdown>;
}
