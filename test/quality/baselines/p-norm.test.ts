import t from 'tap';
import { chooseNorm, maxLogitPNorm, pNormScores } from '../../../bench/quality/baselines/p-norm.js';
import { maximumSoftmaxProbability } from '../../../bench/quality/baselines/label-free.js';
import { binaryRows, firstRows, fitAndScore, labelled, near, rowsOf, scoresOf } from './rows.js';

const half = [[0.5, 0.3, 0.2]];

t.test('the centred maximum over the p-norm, by hand', async (t) => {
  // Mean 2, centred 4, -1, -3.
  const rows = rowsOf(half, { logits: [[6, 1, -1]] });
  t.ok(near(pNormScores(rows, 0), [-4]));
  t.ok(near(pNormScores(rows, 1), [-4 / 8]));
  t.ok(near(pNormScores(rows, 2), [-4 / Math.sqrt(16 + 1 + 9)]));
  t.ok(near(pNormScores(rows, 3), [-4 / Math.cbrt(64 + 1 + 27)]));
});

t.test('log-probabilities serve as logits: centring takes the normalization away', async (t) => {
  const logits = half.map((row) => row.map((p) => Math.log(p) + 7));
  t.ok(near(pNormScores(rowsOf(half), 4), pNormScores(rowsOf(half, { logits }), 4)));
});

t.test('rows without direction and huge logits give numbers', async (t) => {
  t.same([...pNormScores(rowsOf([[1 / 2, 1 / 2]], { logits: [[3, 3]] }), 2)], [0]);
  t.ok(near(pNormScores(rowsOf([[1, 0]], { logits: [[1e200, -1e200]] }), 10), [-1 / 2 ** 0.1]));
});

t.test('p is the one that ranks the labelled rows best', async (t) => {
  // The failure has the largest scores in two classes: MSP and p = 0 are fooled by their size alone. Centred (1, 0, -1) and
  // (2, 0, -2) are one direction; the failure (5, 4, -9) has the lowest ratio for p = 1: 5/18 against 1/2.
  const logits = [[1, 0, -1], [2, 0, -2], [50, 40, -90]];
  const given = labelled(rowsOf(logits.map(() => [0.5, 0.3, 0.2]), { logits }), [0, 0, 1]);
  const msp = await scoresOf(maximumSoftmaxProbability, given, given);
  t.ok(msp[2]! < msp[0]!, 'MSP trusts the failure most');
  t.equal(chooseNorm(given), 1, 'the smallest of those that rank it last');
  t.ok(near(await scoresOf(maxLogitPNorm, given, given), [-1 / 2, -1 / 2, -5 / 18]));
});

t.test('MSP where no p is better: a tie, one outcome, no rows', async (t) => {
  const rows = binaryRows([2, 5, 40], [1, 0, 0]);
  const msp = await scoresOf(maximumSoftmaxProbability, rows, rows);
  for (const given of [rows, binaryRows([2, 5, 40], [0, 0, 0]), binaryRows([2, 5, 40], [1, 1, 1]), firstRows(rows, 0)]) {
    t.equal(chooseNorm(given), null);
    const { scores, areProbabilities } = await fitAndScore(maxLogitPNorm, given, rows);
    t.same([...scores], msp);
    t.equal(areProbabilities, false, 'judged as a ranking in any case');
  }
});
