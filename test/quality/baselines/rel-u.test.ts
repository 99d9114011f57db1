import t from 'tap';
import { relUMatrix, relUScores } from '../../../bench/quality/baselines/rel-u-matrix.js';
import { relU } from '../../../bench/quality/baselines/rel-u.js';
import { firstRows, labelled, near, rowsOf, scoresOf } from './rows.js';

const probabilities = [[0.6, 0.4, 0], [0.8, 0, 0.2], [0.5, 0.1, 0.4]];
// The first row fails, the others are right. Off-diagonal products p_j p_k for (01, 02, 12):
// failure .24, 0, 0; successes (0, .16, 0) and (.05, .2, .04), mean .025, .18, .02.
const failures = Uint8Array.of(1, 0, 0);

t.test('the closed form by hand', async (t) => {
  const matrix = relUMatrix({ classes: 3, probabilities: Float64Array.from(probabilities.flat()), failures, chosen: Int32Array.of(0, 1, 2) });
  // .5 * .24 - .5 * .025 > 0, the others negative: one pair is left, and norm 1 puts 1 / sqrt 2 on both sides.
  const d = Math.SQRT1_2;
  t.ok(near(matrix, [0, d, 0, d, 0, 0, 0, 0, 0]));
  // s = 2 d p_0 p_1.
  t.ok(near(relUScores(Float64Array.of(0.6, 0.4, 0, 0.5, 0.1, 0.4), 3, matrix), [2 * d * 0.24, 2 * d * 0.05]));
});

t.test('weights of several pairs keep their proportions', async (t) => {
  const both = Float64Array.from([[0.6, 0.4, 0], [0.5, 0.2, 0.3], [1, 0, 0]].flat());
  const matrix = relUMatrix({ classes: 3, probabilities: both, failures: Uint8Array.of(1, 1, 0), chosen: Int32Array.of(0, 1, 2) });
  // Means of the failures' products: (.24 + .1)/2, (0 + .15)/2, (0 + .06)/2; the success has none.
  const [a, b, c] = [0.17, 0.075, 0.03];
  const size = Math.sqrt(2 * (a * a + b * b + c * c));
  t.ok(near(matrix, [0, a, b, a, 0, c, b, c, 0].map((value) => value / size)));
});

t.test('the Gini matrix where nothing is left, for one outcome and without rows', async (t) => {
  const rows = rowsOf(probabilities);
  // p^T (11^T - 1) p / sqrt 6 = (1 - sum p^2) / sqrt 6.
  const gini = probabilities.map((row) => (1 - row.reduce((sum, p) => sum + p * p, 0)) / Math.sqrt(6));
  const right = labelled(rows, [0, 0, 0]);
  for (const given of [right, labelled(rows, [1, 1, 1]), firstRows(right, 0), labelled(rowsOf([[1, 0, 0], [0.4, 0.3, 0.3]]), [1, 0])]) {
    t.ok(near(await scoresOf(relU, given, rows), gini, 1e-6));
  }
});

t.test('the rows that take part are the chosen ones', async (t) => {
  const data = { classes: 3, probabilities: Float64Array.from(probabilities.flat()), failures };
  const some = relUMatrix({ ...data, chosen: Int32Array.of(0, 2) });
  // (.24, 0, 0) against (.05, .2, .04): the same pair.
  t.ok(near(some, [0, Math.SQRT1_2, 0, Math.SQRT1_2, 0, 0, 0, 0, 0]));
});
