import t from 'tap';
import { classAdaptive, learningStatus, mapped } from '../../bench/ssl/filters/class-adaptive.js';
import type { Doubted, FilterInput } from '../../bench/ssl/filters/filter.js';
import { fixedConfidence } from '../../bench/ssl/filters/fixed-confidence.js';
import { learnedReward } from '../../bench/ssl/filters/learned-reward.js';
import { pairsOf, wrongLabels } from '../../bench/ssl/filters/rewarded-pairs.js';
import { spread, uncertaintyAware } from '../../bench/ssl/filters/uncertainty-aware.js';
import { createRandom } from '../../src/meta/training/random.js';
import { doubtedOf } from './doubted.js';

/** An input as far as these filters look at it. */
function inputOf(budget: Doubted, truths: readonly number[], pool: Doubted): FilterInput {
  const folds = Uint8Array.from(truths, (_, row) => row % 5);
  return { budget: { ...budget, truths: Int32Array.from(truths), folds }, pool, seed: 1 } as unknown as FilterInput;
}

const near = (values: Iterable<number>): number[] => Array.from(values, (value) => Number(value.toFixed(6)));

t.test('fixed confidence: 1 - probability of the label, .95 as published', async (t) => {
  const pool = doubtedOf([[0.96, 0.04], [0.3, 0.7]]);
  const { pool: scores, published } = await fixedConfidence.score(inputOf(pool, [0, 0], pool));
  t.same(near(scores), [0.04, 0.3]);
  t.equal(published?.toFixed(6), '0.050000');
});

t.test('class-adaptive: sure rows of a class by those of the class that has most, mapped by x / (2 - x)', async (t) => {
  t.same(near([0, 0.5, 1].map(mapped)), [0, 0.333333, 1]);
  const pool = doubtedOf([[0.96, 0.02, 0.02], [0.97, 0.02, 0.01], [0.02, 0.98, 0], [0.1, 0.9, 0], [0.2, 0.2, 0.6]]);
  t.same([...learningStatus(pool)], [1, 0.5, 0]);
  const { pool: scores, published } = await classAdaptive.score(inputOf(pool, [0, 0, 1, 1, 2], pool));
  // Thresholds .95 of class 0, .95 / 3 of class 1, none of class 2.
  t.same(near(scores.subarray(0, 4)), [-0.96, -0.97, -2.94, -2.7]);
  t.ok((scores[4] ?? 0) < -2.94);
  t.equal(published, -0.95);
});

t.test('uncertainty-aware: mean and deviation over the nets, each by its threshold', async (t) => {
  const members = [[[0.9, 0.1], [0.5, 0.5]], [[0.94, 0.06], [0.7, 0.3]]];
  const pool = doubtedOf([[1, 0], [1, 0]], [0, 0], members);
  const { mean, deviation } = spread(pool, 0);
  t.same(near([mean, deviation]), [0.92, 0.028284]);
  const { pool: scores, published } = await uncertaintyAware.score(inputOf(pool, [0, 0], pool));
  // Row 0: max(.08 / .3, .028284 / .05); row 1: max(.4 / .3, .141421 / .05).
  t.same(near(scores), [0.565685, 2.828427]);
  t.equal(published, 1);
});

t.test('pairs of the learned reward', async (t) => {
  const rows = doubtedOf([[Math.exp(-1), 1 - Math.exp(-1)]]);
  const { width, inputs } = pairsOf(rows, Int32Array.of(0));
  t.equal(width, 5);
  t.same(near(inputs), near([-0.25, Math.fround(Math.log(1 - Math.exp(-1)) / 4), 1, 0, -0.25]));
  const wrong = wrongLabels(Int32Array.of(0, 1, 2, 0, 1, 2), 3, 1);
  t.notOk([0, 1, 2, 0, 1, 2].some((truth, row) => wrong[row] === truth));
});

t.test('the learned reward finds that one class is always wrong', async (t) => {
  const random = createRandom(1);
  const rows = (count: number) => Array.from({ length: count }, (_, row) => (row % 2 === 0 ? [0.6 + 0.3 * random.uniform(), 0] : [0, 0.6 + 0.3 * random.uniform()])).map(([a = 0, b = 0]) => [a, b, 1 - a - b]);
  // Where class 1 is predicted, the truth is class 2, however sure the net is.
  const budget = doubtedOf(rows(120));
  const truths = Array.from(budget.labels, (label) => (label === 1 ? 2 : 0));
  const pool = doubtedOf(rows(40));
  const { pool: scores, budget: own, published } = await learnedReward.score(inputOf(budget, truths, pool));
  for (const [row, label] of pool.labels.entries()) t.equal((scores[row] ?? 0) > (published ?? 0), label === 1, `row ${row}`);
  t.equal(own.length, 120);
  t.ok(own.every((score, row) => score > 0.5 === (budget.labels[row] === 1)), 'out of fold as well');
});
