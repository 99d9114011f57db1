import type { Filter, FilterInput } from '../filters/filter.js';
import type { Division } from '../teacher/teachers.js';
import { crossScored } from './cross-scored.js';
import { overDivisions, type DivisionScores } from './division-scores.js';
import { fitFoldMetaModel } from './fold-scores.js';
import { meanOutputs } from './mean-outputs.js';
import { meanOf } from './probabilities.js';

/** The name of the service's own scores among the filters. */
export const AS_SERVED = 'MetaErr as served';

/**
 * A meta-model for each part of the unlabelled rows, which has learnt from the others, scores what the net of all labelled rows said of them.
 * The outputs that it learns from are the mean of those of the division's nets.
 */
async function servedBy(input: FilterInput, division: Division): Promise<DivisionScores> {
  const logged = input.teachers.whole.unlabelled;
  const features = meanOutputs(division.nets.map(({ unlabelled }) => unlabelled));
  const budgets: Float64Array[] = [];
  const pool = await crossScored(logged, features, input.seed, async (unlabelled) => {
    const { onnx, budget } = await fitFoldMetaModel(input, division, unlabelled);
    budgets.push(budget);
    return onnx;
  });
  return { budget: meanOf(budgets), pool };
}

/**
 * MetaErr as the service itself scores its own base model's predictions: the mean over the three divisions of its meta-models, consensus and
 * all. In the service a prediction is scored when it is made, by a meta-model that has learnt from other unlabelled predictions, never from
 * the one that it scores: here it has learnt from the other half of them.
 */
export const metaErrAsServed: Filter = {
  name: AS_SERVED,
  kind: 'metaerr',
  async score(input) {
    const served: DivisionScores[] = [];
    for (const division of input.teachers.divisions) served.push(await servedBy(input, division));
    return overDivisions(served);
  },
};
