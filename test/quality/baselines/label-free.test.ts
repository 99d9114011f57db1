import t from 'tap';
import {
  doctorAlpha, doctorBeta, energy, entropy, margin, maxLogit, maximumSoftmaxProbability,
} from '../../../bench/quality/baselines/label-free.js';
import { firstRows, fitAndScore, labelled, near, rowsOf, scoresOf } from './rows.js';

const rows = rowsOf([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]]);
const given = firstRows(labelled(rows, [0, 1]), 0);

t.test('each score by hand', async (t) => {
  t.ok(near(await scoresOf(maximumSoftmaxProbability, given, rows), [1 - 0.7, 1 - 0.5]));
  t.ok(near(await scoresOf(margin, given, rows), [1 - (0.7 - 0.2), 1 - (0.5 - 0.25)]));
  const h = (...ps: number[]) => -ps.reduce((sum, p) => sum + p * Math.log(p), 0);
  t.ok(near(await scoresOf(entropy, given, rows), [h(0.7, 0.2, 0.1), h(0.5, 0.25, 0.25)]));
  // g = .49 + .04 + .01 = .54 and .25 + 2 * .0625 = .375.
  t.ok(near(await scoresOf(doctorAlpha, given, rows), [(1 - 0.54) / 0.54, (1 - 0.375) / 0.375]));
  t.ok(near(await scoresOf(doctorBeta, given, rows), [0.3 / 0.7, 0.5 / 0.5]));
});

t.test('only MSP calls itself a probability', async (t) => {
  for (const baseline of [maxLogit, energy, margin, entropy, doctorAlpha, doctorBeta]) {
    t.equal((await fitAndScore(baseline, given, rows)).areProbabilities, false, baseline.name);
  }
  t.equal((await fitAndScore(maximumSoftmaxProbability, given, rows)).areProbabilities, true);
});

t.test('max logit and energy on logits', async (t) => {
  const withLogits = rowsOf([[0.8, 0.2], [0.5, 0.5]], { logits: [[Math.log(8), Math.log(2)], [Math.log(3), Math.log(3)]] });
  t.ok(near(await scoresOf(maxLogit, given, withLogits), [-Math.log(8), -Math.log(3)]));
  // ln(8 + 2) and ln(3 + 3).
  t.ok(near(await scoresOf(energy, given, withLogits), [-Math.log(10), -Math.log(6)]));
});

t.test('without logits max logit ranks as MSP and energy is the same for every row', async (t) => {
  t.ok(near(await scoresOf(maxLogit, given, rows), [-Math.log(0.7), -Math.log(0.5)]));
  t.same(await scoresOf(energy, given, rows), [0, 0]);
});

t.test('confident rows keep their order: nothing is computed as 1 - p', async (t) => {
  // The other class is e^-40 and e^-41 of the predicted one: 1 - p is 0 in float64.
  const sure = rowsOf([[1, 0], [1, 0]], { logits: [[40, 0], [41, 0]] });
  for (const baseline of [maximumSoftmaxProbability, margin, entropy, doctorAlpha, doctorBeta]) {
    const [first, second] = await scoresOf(baseline, given, sure);
    t.ok(first! > second! && second! > 0, baseline.name);
  }
  t.ok(near(await scoresOf(maximumSoftmaxProbability, given, sure), [Math.exp(-40), Math.exp(-41)], 1e-30));
  // p = e^-40 of the other class: entropy p (1 + 40), 1 - g = 2 p, margin 2 p.
  t.ok(Math.abs((await scoresOf(entropy, given, sure))[0]! / (41 * Math.exp(-40)) - 1) < 1e-12);
  t.ok(Math.abs((await scoresOf(doctorAlpha, given, sure))[0]! / (2 * Math.exp(-40)) - 1) < 1e-12);
  t.ok(Math.abs((await scoresOf(margin, given, sure))[0]! / (2 * Math.exp(-40)) - 1) < 1e-12);
});

t.test('extreme logits give numbers, and equal rows equal scores', async (t) => {
  const extreme = rowsOf([[1, 0, 0], [1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], { logits: [[2000, -2000, 0], [2000, -2000, 0], [0, 0, 0]] });
  for (const baseline of [maximumSoftmaxProbability, maxLogit, energy, margin, entropy, doctorAlpha, doctorBeta]) {
    const scores = await scoresOf(baseline, given, extreme);
    t.ok(scores.every(Number.isFinite), baseline.name);
    t.equal(scores[0], scores[1], baseline.name);
    t.ok(scores[2]! > scores[0]!, baseline.name);
  }
});
