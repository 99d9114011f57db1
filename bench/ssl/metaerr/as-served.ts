import { sigmoids } from '../../../src/meta/linear/numerics.js';
import { otherRows, pickRows } from '../../../src/meta/training/pick-rows.js';
import type { Filter, FilterInput } from '../filters/filter.js';
import type { Division } from '../teacher/teachers.js';
import { fitFoldMetaModel, scoreRows } from './fold-scores.js';
import { meanOutputs } from './mean-outputs.js';
import { PARTS, poolParts } from './pool-parts.js';
import { meanOf } from './probabilities.js';

/** The name of the service's own scores among the filters. */
export const AS_SERVED = 'MetaErr as served';

/** Failure logits of the labelled and of the unlabelled rows, no row scored by a meta-model that has learnt from it. */
interface Served {
  readonly budget: Float64Array;
  readonly pool: Float64Array;
}

/**
 * A meta-model for each part of the unlabelled rows, which has learnt from the others, scores what the net of all labelled rows said of them.
 * The outputs that it learns from are the mean of those of the division's nets.
 */
async function servedBy(input: FilterInput, division: Division): Promise<Served> {
  const logged = input.teachers.whole.unlabelled;
  const features = meanOutputs(division.nets.map(({ unlabelled }) => unlabelled));
  const pool = new Float64Array(logged.rows).fill(NaN);
  const budgets: Float64Array[] = [];
  for (const own of poolParts(logged.rows, PARTS, input.seed)) {
    const others = otherRows(logged.rows, own);
    const { onnx, budget } = await fitFoldMetaModel(input, division, { rows: others.length, features: pickRows(features, logged.width, others) });
    const scores = await scoreRows(onnx, logged, own);
    own.forEach((row, at) => (pool[row] = scores[at]!));
    budgets.push(budget);
  }
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
    const served: Served[] = [];
    for (const division of input.teachers.divisions) served.push(await servedBy(input, division));
    return { budget: sigmoids(served[0]!.budget), pool: sigmoids(meanOf(served.map(({ pool }) => pool))), published: null };
  },
};
