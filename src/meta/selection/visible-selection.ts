import { meanWithError } from './weights.js';

/** The mean failure probability of labelled rows may differ so far from that of all rows, as a share of it. */
export const SELECTION_TOLERANCE = 0.25;
/** And by so many standard errors, whatever the tolerance. */
const SELECTION_ERRORS = 5;

/** Failure probabilities of labelled rows beside those of all predictions of the same time. */
export interface SelectionView {
  /** Weighted mean over the labelled rows. */
  readonly labelledMean: number;
  readonly allMean: number;
  /** Whether the labelled rows are visibly others than the rest, whatever weights they have. */
  readonly visible: boolean;
}

/**
 * Whether labels are visibly selected by risk: the (weighted) mean failure probability of the labelled rows differs from that of all
 * predictions by more than a quarter of it, and by more than five standard errors. Nothing is said without rows. `probabilities`: of the labelled rows,
 * none NaN; `weights` null: equal ones.
 */
export function visibleSelection(probabilities: Float64Array, weights: Float64Array | null, allMean: number): SelectionView | null {
  if (probabilities.length === 0 || Number.isNaN(allMean)) return null;
  const { mean: labelledMean, error } = meanWithError(probabilities, weights);
  const difference = Math.abs(labelledMean - allMean);
  const visible = difference > SELECTION_TOLERANCE * allMean && difference > SELECTION_ERRORS * error;
  return { labelledMean, allMean, visible };
}
