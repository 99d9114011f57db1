import type { RowRange, ScanBatch } from '../../ledger/ledger.js';

/**
 * How predicted classes share a set. `none`: they do not, the least risky rows are taken. `equal`: each gives its least risky rows, as many as
 * any other; a class that has fewer gives all. `stream`: each gives the same share of its rows, so that the set has the mix of the stream.
 */
export const BALANCES = ['none', 'equal', 'stream'] as const;
export type Balance = (typeof BALANCES)[number];

/** How large a set may be: its mean failure probability is at most `maxRisk`, or it is this share of the rows that could be in it. */
export type SetBound = { readonly maxRisk: number } | { readonly coverage: number };

export interface PseudoLabelQuery extends RowRange {
  /** Only rows that this meta-model version answered; null: any. */
  readonly metaVersion: number | null;
  /** Whether rows of the cold start and of label-free meta-models take part, whose failure probability no ground truth has calibrated. */
  readonly coldStart: boolean;
  readonly bound: SetBound;
  readonly balance: Balance;
  /** Most rows of the set; null: no bound. */
  readonly limit: number | null;
}

/** What ground truths say of rows like those of a set. */
export interface ObservedNoise {
  /** Labelled rows of the same restrictions that are no riskier than the riskiest row of the set (of their class, where classes share it). */
  readonly labelled: number;
  /** Failures among them. */
  readonly failures: number;
  /** Exact 95 % interval of the failure rate (Clopper and Pearson 1934). */
  readonly low: number;
  readonly high: number;
}

/** A set as it is planned before its rows are read. */
export interface PseudoLabelSet {
  /** Unlabelled rows that could be in it. */
  readonly candidates: number;
  /** Unlabelled rows left out because they are of the cold start or of a label-free meta-model. */
  readonly coldStartLeftOut: number;
  readonly rows: number;
  /**
   * Mean failure probability of its rows, which is the expected share of wrong labels; null without rows. Rows of a bin that is cut count as the
   * bin's mean, so it is off by less than 1 % of itself.
   */
  readonly expectedNoise: number | null;
  /** No row of the set is riskier; null without rows. */
  readonly mostRisk: number | null;
  /** Null where no labelled row is below the threshold. */
  readonly observed: ObservedNoise | null;
}

/** Rows of a batch that are in the set. */
export interface ChosenRows {
  readonly batch: ScanBatch;
  readonly chosen: Int32Array;
}

export interface PseudoLabels {
  readonly set: PseudoLabelSet;
  /** Oldest first. A row that got a ground truth since the set was planned is missing, so fewer rows than planned may come. */
  readonly rows: AsyncIterable<ChosenRows>;
}

export interface PseudoLabelUseCase {
  /**
   * Reads the ledger once to plan the set; it is read again as `rows` is. Rejects with MODEL_NOT_FOUND for a model that nobody knows,
   * MODEL_HAS_NO_LABELS for one whose task has none, INVALID_REQUEST where more classes than can be balanced were predicted, and the
   * signal's reason after an abort.
   */
  open(query: PseudoLabelQuery, signal: AbortSignal): Promise<PseudoLabels>;
}
