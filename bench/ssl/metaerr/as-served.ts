import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Filter } from '../filters/filter.js';
import { scoreRows } from './fold-scores.js';
import { learnedDivisions } from './learned.js';
import { logitsOf, meanOf } from './probabilities.js';

const FLOOR = 1e-6;

/**
 * MetaErr as the service itself would score its own base model's predictions, without anything from the unlabelled rows: the meta-models of the
 * three divisions on the outputs of the net that was trained on all labelled rows.
 */
export const metaErrAsServed: Filter = {
  name: 'MetaErr as served',
  kind: 'metaerr',
  async score(input) {
    const models = (await learnedDivisions(input)).map(({ meta }) => meta);
    const pools = [];
    for (const { onnx } of models) pools.push(logitsOf(await scoreRows(onnx, input.teachers.whole.unlabelled), FLOOR));
    return { budget: sigmoids(models[0]!.budget), pool: sigmoids(meanOf(pools)), published: null };
  },
};
