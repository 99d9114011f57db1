import { crossFitStacker } from '../../../src/meta/fit/cross-fit-stacker.js';
import { divide } from '../../../src/meta/linear/folds.js';
import type { StackerPrior } from '../../../src/meta/linear/guard.js';
import { fitStacker, stack } from '../../../src/meta/linear/stacker.js';
import { createRandom } from '../../../src/meta/training/random.js';
import type { Filter, FilterInput } from '../filters/filter.js';
import { overDivisions, type DivisionScores } from './division-scores.js';
import { scorePool } from './fold-scores.js';
import { learnedDivisions, type LearnedDivision } from './learned.js';
import { failureLogits } from './probabilities.js';

/** The name of the product among the filters. */
export const METAERR = 'MetaErr';

/** Expert weights that few labels do not move much; chosen, like all of this, on seeds 101 to 103. */
const PRIOR: StackerPrior = { trust: 1, weights: [0.25, 0.25, 0.25, 0.25], precision: 8, interceptPrecision: 1 };
const FLOOR = 1e-3;
const STREAM = 0x553;

async function scoreDivision(input: FilterInput, { division, meta, opinions }: LearnedDivision): Promise<DivisionScores> {
  const { labels, classes } = input.pool;
  const others = [opinions.spread, opinions.smoothed, opinions.consensus];
  const budget = [meta.budget, ...others.map((opinion) => failureLogits(opinion.budget, meta.labels, classes, FLOOR))];
  const pool = [await scorePool(meta.onnx, division, labels, classes), ...others.map((opinion) => failureLogits(opinion.pool, labels, classes, FLOOR))];
  const divisions = divide(meta.failures, 1, createRandom(input.seed, STREAM));
  return { budget: crossFitStacker(budget, meta.failures, PRIOR, divisions), pool: stack(pool, fitStacker(budget, meta.failures, PRIOR)) };
}

/**
 * MetaErr with the whole budget and the unlabelled rows: for each of three divisions, the product's meta-model learns the out-of-fold
 * failures; three opinions that know the unlabelled rows stand beside it, the product's consensus among them, and the product's stacker weighs
 * the four on out-of-fold logits. The score is the mean over the divisions.
 */
export const metaErr: Filter = {
  name: METAERR,
  kind: 'metaerr',
  async score(input) {
    const scores: DivisionScores[] = [];
    for (const learned of await learnedDivisions(input)) scores.push(await scoreDivision(input, learned));
    return overDivisions(scores);
  },
};
