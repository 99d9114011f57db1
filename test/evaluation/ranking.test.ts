import fc from 'fast-check';
import t from 'tap';
import { aurc, auroc, eaurc, failuresInRiskiest, optimalAurc } from '../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../src/meta/evaluation/tie-groups.js';
import { labelledScores, near, shuffled, withBothOutcomes } from '../support/evaluation-data.js';

const groups = (scores: number[], failures: number[]) => tieGroups(Float64Array.from(scores), Uint8Array.from(failures));

t.test('a perfect ranking', async (t) => {
  const perfect = groups([0.4, 0.1, 0.3, 0.2], [1, 0, 1, 0]);
  t.equal(auroc(perfect), 1);
  // Failures met at k = 1..4 in order of score: 0, 0, 1, 2.
  near(t, aurc(perfect), (0 / 1 + 0 / 2 + 1 / 3 + 2 / 4) / 4);
  near(t, eaurc(perfect), 0);
});

t.test('the worst ranking', async (t) => {
  const worst = groups([0.1, 0.2, 0.3, 0.4], [1, 1, 0, 0]);
  t.equal(auroc(worst), 0);
  near(t, aurc(worst), (1 / 1 + 2 / 2 + 2 / 3 + 2 / 4) / 4);
  near(t, eaurc(worst), (1 / 1 + 2 / 2 + 2 / 3 + 2 / 4) / 4 - (1 / 3 + 2 / 4) / 4);
});

t.test('ties', async (t) => {
  const tied = groups([0.1, 0.2, 0.2, 0.3], [0, 1, 0, 1]);
  // Pairs (failure, success): (.2, .1) wins, (.2, .2) is a tie, (.3, .1) and (.3, .2) win: 3.5 of 4.
  t.equal(auroc(tied), 0.875);
  // At k = 2 half a failure is expected among two rows.
  near(t, aurc(tied), (0 / 1 + 0.5 / 2 + 1 / 3 + 2 / 4) / 4);
  const constant = groups([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0]);
  t.equal(auroc(constant), 0.5);
  near(t, aurc(constant), 0.25);
});

t.test('what the rows do not define is null', async (t) => {
  t.equal(auroc(groups([0.1, 0.2], [0, 0])), null);
  t.equal(auroc(groups([0.1, 0.2], [1, 1])), null);
  t.equal(aurc(groups([], [])), null);
  t.equal(eaurc(groups([], [])), null);
  t.equal(eaurc(groups([0.1, 0.2], [0, 0])), 0);
});

t.test('bad arrays are refused', async (t) => {
  t.throws(() => groups([0.1, NaN], [0, 1]), { message: 'scores[1]: expected a number, got NaN' });
  t.throws(() => groups([0.1], [0, 1]), RangeError);
});

t.test('the optimal AURC approaches r + (1 - r) ln(1 - r) (Geifman et al. 2019)', async (t) => {
  near(t, optimalAurc(100_000, 20_000), 0.2 + 0.8 * Math.log(0.8), 1e-5);
});

t.test('failures among the riskiest rows', async (t) => {
  const scores = Float64Array.from([0.1, 0.9, 0.5, 0.5, 0.2]);
  const failures = Uint8Array.from([0, 1, 1, 0, 1]);
  t.equal(failuresInRiskiest(scores, failures, 0.2), 1);
  // The second row is one of two tied ones, of which one failed.
  t.equal(failuresInRiskiest(scores, failures, 0.4), 1.5);
  t.equal(failuresInRiskiest(scores, failures, 0.6), 2);
  t.equal(failuresInRiskiest(scores, failures, 1), 3);
  t.equal(failuresInRiskiest(scores, failures, 0), 0);
  t.equal(failuresInRiskiest(new Float64Array(), new Uint8Array(), 0.1), 0);
});

t.test('AUROC equals the count over all pairs, and 1 - AUROC of the negated scores', async () => {
  fc.assert(
    fc.property(withBothOutcomes(labelledScores()), ({ scores, failures }) => {
      let wins = 0;
      let pairs = 0;
      scores.forEach((a, i) => scores.forEach((b, j) => {
        if (failures[i] !== 1 || failures[j] === 1) return;
        pairs++;
        wins += a > b ? 1 : a === b ? 0.5 : 0;
      }));
      const area = auroc(tieGroups(scores, failures)) ?? NaN;
      const reversed = auroc(tieGroups(scores.map((score) => -score), failures)) ?? NaN;
      return Math.abs(area - wins / pairs) < 1e-12 && Math.abs(area + reversed - 1) < 1e-12;
    }),
  );
});

t.test('AURC equals the mean over every order that sorts the rows', async () => {
  fc.assert(
    fc.property(labelledScores({ maxLength: 6, distinct: 3 }), ({ scores, failures }) => {
      const areas = sortedOrders([...scores]).map((order) => {
        let failed = 0;
        return order.reduce((sum, row, k) => sum + (failed += failures[row] ?? 0) / (k + 1), 0) / order.length;
      });
      const expected = areas.reduce((a, b) => a + b, 0) / areas.length;
      return Math.abs((aurc(tieGroups(scores, failures)) ?? NaN) - expected) < 1e-12;
    }),
  );
});

t.test('E-AURC is never negative, is 0 for the outcomes themselves, and no figure depends on the order of rows', async () => {
  fc.assert(
    fc.property(labelledScores(), fc.integer(), ({ scores, failures }, seed) => {
      const here = tieGroups(scores, failures);
      const there = tieGroups(...shuffled(scores, failures, seed));
      const oracle = eaurc(tieGroups(Float64Array.from(failures), failures)) ?? NaN;
      return (eaurc(here) ?? NaN) >= 0 && oracle < 1e-12 && auroc(here) === auroc(there) && aurc(here) === aurc(there) && eaurc(here) === eaurc(there);
    }),
  );
});

/** Every permutation of the rows in which scores do not descend. */
function sortedOrders(scores: number[]): number[][] {
  const orders: number[][] = [];
  const extend = (order: number[]): void => {
    if (order.length === scores.length) orders.push(order);
    const left = scores.map((_, row) => row).filter((row) => !order.includes(row));
    const least = Math.min(...left.map((row) => scores[row] ?? NaN));
    for (const row of left) if (scores[row] === least) extend([...order, row]);
  };
  extend([]);
  return orders;
}
