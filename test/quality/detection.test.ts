import t from 'tap';
import { figuresOf } from '../../bench/quality/metrics/figures.js';
import { failureAveragePrecision, falseAcceptRate } from '../../bench/quality/metrics/detection.js';
import { tieGroups } from '../../src/meta/evaluation/tie-groups.js';

const groupsOf = (scores: readonly number[], failures: readonly number[]) => tieGroups(Float64Array.from(scores), Uint8Array.from(failures));

t.test('FPR at 95 % TPR: failures accepted where 95 % of the correct predictions are', async (t) => {
  // Twenty successes at 1..20; accepting 95 % of them is a threshold of 19.
  const successes = Array.from({ length: 20 }, (_, index) => index + 1);
  const scores = [...successes, 0.5, 18.5, 19.5, 30];
  const failures = [...successes.map(() => 0), 1, 1, 1, 1];
  t.equal(falseAcceptRate(groupsOf(scores, failures)), 0.5);
  t.equal(falseAcceptRate(groupsOf([1, 2, 3], [0, 0, 1])), 0);
  t.equal(falseAcceptRate(groupsOf([3, 2, 1], [0, 0, 1])), 1);
  t.equal(falseAcceptRate(groupsOf([1, 2], [0, 0])), null);
});

t.test('FPR at 95 % TPR: a constant score accepts failures at the rate of successes', async (t) => {
  t.ok(Math.abs((falseAcceptRate(groupsOf([1, 1, 1, 1], [0, 1, 0, 1])) ?? NaN) - 0.95) < 1e-12);
});

t.test('average precision of failures', async (t) => {
  // From the top: failure (1/1), success, failure (2/3), success.
  t.ok(Math.abs((failureAveragePrecision(groupsOf([4, 3, 2, 1], [1, 0, 1, 0])) ?? NaN) - (1 + 2 / 3) / 2) < 1e-12);
  // Tied rows enter together: both failures at a precision of 2/4.
  t.equal(failureAveragePrecision(groupsOf([1, 1, 1, 1], [1, 0, 1, 0])), 0.5);
  t.equal(failureAveragePrecision(groupsOf([1, 2], [0, 0])), null);
});

t.test('risk at 80 and 90 % coverage, and no calibration of scores that are no probabilities', async (t) => {
  const scores = Float64Array.from({ length: 10 }, (_, row) => row / 10);
  const failures = Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 1, 1]);
  const figures = figuresOf({ scores, areProbabilities: false }, failures);
  t.equal(figures.risk80, 1 / 8);
  t.equal(figures.risk90, 2 / 9);
  t.same([figures.brier, figures.logLoss, figures.ece], [null, null, null]);
  const { brier } = figuresOf({ scores, areProbabilities: true }, failures);
  const expected = Array.from(scores).reduce((sum, p, row) => sum + (p - (failures[row] ?? 0)) ** 2, 0) / 10;
  t.ok(Math.abs((brier ?? NaN) - expected) < 1e-12);
});
