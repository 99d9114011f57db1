import type { ShiftUnit } from './units.js';

/**
 * Failure probabilities of the same predictions: MetaErr's; those of the same fit without the offset of decision 19; Platt-scaled maximum softmax
 * probability with the same labels; 1 - confidence.
 */
export const METHODS = ['metaerr', 'withoutOffset', 'platt', 'confidence'] as const;
export type Method = (typeof METHODS)[number];

/** One value a method. */
export type PerMethod<T> = Readonly<Record<Method, T>>;

/** Predictions of one day of stream. */
export interface Day {
  readonly rows: number;
  /** Failures. */
  readonly observed: number;
  /** Sums of failure probabilities. */
  readonly expected: PerMethod<number>;
  /** Sum of p (1 - p) over MetaErr's failure probabilities: the variance of the failures, were these right. */
  readonly variance: number;
  /** Share of days within 10 % if failures came with just MetaErr's failure probabilities. */
  readonly chance: number;
}

/** What one meta-model said of the predictions made while it served. */
export interface Period {
  /** Labels it was fitted on, and predictions without a ground truth it was given. */
  readonly labelled: number;
  readonly unlabelled: number;
  /** Decision 19's offset of the logits; 0: no shift was seen. */
  readonly offset: number;
  readonly days: readonly Day[];
  /** Over all days of the period. */
  readonly brier: PerMethod<number>;
  readonly ece: PerMethod<number>;
  /** Mean ECE if failures came with just MetaErr's failure probabilities. */
  readonly eceByChance: number;
}

/** A line of the results file. */
export interface ShiftResult {
  readonly unit: ShiftUnit;
  /** Commit of the code; with `-dirty` where files were changed since, null outside of a checkout. */
  readonly commit: string | null;
  /** Share of wrong predictions of the base model before the shift and from it on. */
  readonly wrongBefore: number;
  readonly wrongAfter: number;
  /** From the shift to its 500th label, by the meta-model of before. */
  readonly shiftDay: Period;
  /** By the meta-model that was fitted again then. */
  readonly retrained: Period;
}
