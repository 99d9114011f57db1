import type { Ledger, ModelKey } from '../ledger/ledger.js';
import { visibleSelection, type SelectionView } from '../meta/selection/visible-selection.js';

/** Labelled rows in order of time; failure probabilities as answered, NaN where there was none. */
export interface LabelledScores {
  readonly createdAt: Float64Array;
  readonly failureProbabilities: Float64Array;
  /** See `selectionWeights`. */
  readonly weights: Float64Array | null;
}

/** Sets labelled rows against all predictions of their time; null where there is nothing to be compared. */
export async function selectionOf(ledger: Pick<Ledger, 'counts'>, { model, version }: ModelKey, { createdAt, failureProbabilities, weights }: LabelledScores): Promise<SelectionView | null> {
  const [from, to] = [createdAt[0], createdAt.at(-1)];
  if (from === undefined || to === undefined) return null;
  const { expectedFailures, scored } = await ledger.counts({ model, version, from, to: to + 1 });
  const known = Int32Array.from(failureProbabilities.keys()).filter((row) => !Number.isNaN(failureProbabilities[row] ?? NaN));
  const pick = (values: Float64Array) => Float64Array.from(known, (row) => values[row] ?? 0);
  return visibleSelection(pick(failureProbabilities), weights === null ? null : pick(weights), expectedFailures / scored);
}

/** What is wrong with the labels, in words; null where nothing is seen. */
export function selectionFault(view: SelectionView | null): string | null {
  if (view === null || !view.visible) return null;
  return `the labelled rows are visibly selected: their mean failure probability is ${view.labelledMean.toFixed(3)}, that of all predictions of their time ${view.allMean.toFixed(3)}, and how they were chosen is not known well enough`;
}
