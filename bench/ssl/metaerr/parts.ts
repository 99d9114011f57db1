import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Doubted, Filter } from '../filters/filter.js';
import { overDivisions, type DivisionScores } from './division-scores.js';
import { scoreRows } from './fold-scores.js';
import { learnedDivisions } from './learned.js';
import { failureLogits, meanOf } from './probabilities.js';

const FLOOR = 1e-6;

/** The mean probability of the fold nets that have not seen a row: what an ensemble alone gives. */
export const ensembleConfidence: Filter = {
  name: 'ensemble confidence',
  kind: 'part',
  async score({ budget, pool }) {
    const scores = ({ members, labels, classes }: Doubted): Float64Array => sigmoids(failureLogits(meanOf(members), labels, classes, FLOOR));
    return { budget: scores(budget), pool: scores(pool), published: null };
  },
};

/** Label spreading alone: what the unlabelled rows give. */
export const labelSpreading: Filter = {
  name: 'label spreading',
  kind: 'part',
  async score(input) {
    const { budget, pool } = input;
    const opinions = (await learnedDivisions(input)).map(({ opinions: { spread } }) => spread);
    const spread = { budget: opinions[0]!.budget, pool: meanOf(opinions.map((opinion) => opinion.pool)) };
    return {
      budget: sigmoids(failureLogits(spread.budget, budget.labels, budget.classes, FLOOR)),
      pool: sigmoids(failureLogits(spread.pool, pool.labels, pool.classes, FLOOR)),
      published: null,
    };
  },
};

/** The product's meta-model from the labels alone, on the outputs of the net that gave the pseudo-labels. */
export const labelsAlone: Filter = {
  name: 'meta-model of the labels alone',
  kind: 'part',
  async score(input) {
    const scores: DivisionScores[] = [];
    for (const { meta: { onnx, budget } } of await learnedDivisions(input)) scores.push({ budget, pool: await scoreRows(onnx, input.teachers.whole.unlabelled) });
    return overDivisions(scores);
  },
};
