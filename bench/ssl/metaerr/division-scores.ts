import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { FilterScores } from '../filters/filter.js';
import { meanOf } from './probabilities.js';

/** What one division says: failure logits of the labels that its nets gave the labelled rows, and of the pseudo-labels. */
export interface DivisionScores {
  readonly budget: Float64Array;
  readonly pool: Float64Array;
}

/** The scores of a filter: the mean over the divisions, and of the labelled rows, whose labels are other ones in each, those of the first. */
export function overDivisions(divisions: readonly DivisionScores[]): FilterScores {
  return { budget: sigmoids(divisions[0]!.budget), pool: sigmoids(meanOf(divisions.map(({ pool }) => pool))), published: null };
}
