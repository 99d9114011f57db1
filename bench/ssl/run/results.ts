import type { SetName } from '../data/sets.js';
import type { Filter } from '../filters/filter.js';

/** What one process works on at a time. */
export interface SslUnit {
  readonly set: SetName;
  readonly seed: number;
}

/**
 * How a selection came about: at a share of the unlabelled rows that all filters have in common, at the threshold that the budget's
 * out-of-fold rows choose, or by the published setting.
 */
export type Rule = 'equal' | 'chosen' | 'published';

export interface PointResult {
  readonly rule: Rule;
  /** Share of the unlabelled rows that is selected. */
  readonly coverage: number;
  readonly selected: number;
  readonly wrong: number;
  /** Test accuracy of the student, the mean over its initial weights; null where none was trained. */
  readonly accuracy: number | null;
}

export interface MethodPoints {
  readonly name: string;
  readonly kind: Filter['kind'] | 'anchor';
  readonly points: readonly PointResult[];
  /** Wrong labels among the least doubted 5 %, 10 %, ... 100 %; empty where there is no ranking. */
  readonly wrongByRank: readonly number[];
  /** Mean score of the selected rows at `equal` points, where scores are failure probabilities: the expected share of wrong labels. */
  readonly expected: readonly number[];
}

/** What a service's meta-models know where ground truths are of rows that the base model was not trained on. */
export interface ServiceResult {
  /** Failures among the rows with a ground truth. */
  readonly failures: number;
  /** Points are in the order of the shares that all filters are compared at; `expected`: the sum of the failure probabilities of the selected rows. */
  readonly methods: readonly { readonly name: string; readonly points: readonly { readonly wrong: number; readonly expected: number }[] }[];
}

/** A line of the results file. */
export interface SslResult {
  readonly unit: SslUnit;
  readonly labelled: number;
  /** Out-of-fold failures among the labelled rows. */
  readonly failures: number;
  readonly unlabelled: number;
  readonly test: number;
  /** Share of the pseudo-labels that is wrong. */
  readonly wrongShare: number;
  readonly methods: readonly MethodPoints[];
  readonly service: ServiceResult;
  readonly seconds: Readonly<Record<string, number>>;
}

export function sslUnitName({ set, seed }: SslUnit): string {
  return `${set}#${seed}`;
}
