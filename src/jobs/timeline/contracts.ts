import type { RowRange } from '../../ledger/ledger.js';

/** Where `from` is null: the last 24 hours before `to`, which is now where it is null too. */
export interface TimelineQuery extends RowRange {
  /** Most buckets, at least 1. */
  readonly buckets: number;
  /** Begin with the first prediction of the range. */
  readonly fit: boolean;
}

/** What was predicted in a span of time, and what is known of it by now. */
export interface TimelineSums {
  readonly predictions: number;
  /** Rows with a failure probability, and the sum of these. */
  readonly scored: number;
  readonly expectedFailures: number;
  readonly labelled: number;
  readonly failures: number;
  /** Of the labelled rows, those with a failure probability, and the sum of these. */
  readonly labelledScored: number;
  readonly labelledExpectedFailures: number;
}

export interface TimelineBucket extends TimelineSums {
  /** Milliseconds, a multiple of the width. */
  readonly from: number;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly widthMilliseconds: number;
  /** In order of time, without gaps; the first and the last may reach beyond the range and count only what is in it. */
  readonly buckets: readonly TimelineBucket[];
  readonly total: TimelineSums;
}

export interface TimelineUseCase {
  /** Rejects with MODEL_NOT_FOUND for a model that nobody knows; one that could not be loaded is known. */
  timeline(query: TimelineQuery): Promise<Timeline>;
}
