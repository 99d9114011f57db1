import t from 'tap';
import { classOffset } from '../../../bench/quality/baselines/class-offset.js';
import { maximumSoftmaxProbability } from '../../../bench/quality/baselines/label-free.js';
import { plattScaledMsp } from '../../../bench/quality/baselines/platt.js';
import { fitTemperature, temperatureScaledMsp } from '../../../bench/quality/baselines/temperature.js';
import { binaryRows, firstRows, labelled, near, rowsOf, scoresOf } from './rows.js';

const repeat = <T>(value: T, times: number) => Array.from({ length: times }, () => value);
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const logit = (p: number) => Math.log(p / (1 - p));

t.test('the temperature at which the likelihood says what was seen', async (t) => {
  // All rows have odds 9 : 1, and 3 of 4 are right: the best odds are 3, so 9^(1/T) = 3 and T = 2.
  const given = binaryRows(repeat(9, 8), [0, 0, 0, 1, 0, 0, 1, 0]);
  t.ok(Math.abs(fitTemperature(given) - 2) < 1e-9);
  // Odds 16 become 4: 1 - p = 1/5.
  t.ok(near(await scoresOf(temperatureScaledMsp, given, binaryRows([9, 16], [0, 0])), [0.25, 0.2], 1e-9));
});

t.test('the temperature scales logits where there are some', async (t) => {
  const logits = repeat([Math.log(9), 0], 4);
  t.ok(Math.abs(fitTemperature(labelled(rowsOf(repeat([0.5, 0.5], 4), { logits }), [0, 0, 0, 1])) - 2) < 1e-9);
});

t.test('a temperature stays within its bounds, and rows of an unseen class take no part', async (t) => {
  // Below even odds of being right no finite temperature is hot enough.
  t.ok(Math.abs(fitTemperature(binaryRows(repeat(9, 4), [1, 1, 1, 0])) - 20) < 1e-6);
  const rows = rowsOf(repeat([0.9, 0.1], 5));
  t.ok(Math.abs(fitTemperature(labelled(rows, [0, 0, 0, 1, -1])) - 2) < 1e-9);
  t.equal(fitTemperature(binaryRows([9, 9], [0, 0])), 1);
  t.equal(fitTemperature(binaryRows([9, 9], [1, 1])), 1);
});

t.test('Platt scaling finds the failure rate of each level of confidence', async (t) => {
  // Failure odds e^-1 with 1,000 failures of 4,000 rows, e^-3 with 400 of 4,000: two points, so the fit goes through both.
  const odds = [...repeat(Math.E, 4000), ...repeat(Math.E ** 3, 4000)];
  const failures = [...repeat(1, 1000), ...repeat(0, 3000), ...repeat(1, 400), ...repeat(0, 3600)];
  const scores = await scoresOf(plattScaledMsp, binaryRows(odds, failures), binaryRows([Math.E, Math.E ** 3, Math.E ** 2], [0, 0, 0]));
  // Half-way in log-odds lies half-way between the logits.
  t.ok(near(scores, [0.25, 0.1, sigmoid((logit(0.25) + logit(0.1)) / 2)], 2e-3));
});

t.test('Platt scaling balances its prior against few rows', async (t) => {
  const [score] = await scoresOf(plattScaledMsp, binaryRows([1], [1]), binaryRows([1], [0]));
  // At log-odds 0 only the intercept counts: b solves b = 1 - sigmoid(b).
  const b = logit(score!);
  t.ok(Math.abs(b - (1 - sigmoid(b))) < 1e-6);
});

t.test('a class that fails more often gets an offset', async (t) => {
  // 200 rows of each predicted class at odds 4; class 0 fails in 80 rows, class 1 in 8.
  const rows = rowsOf([...repeat([0.8, 0.2], 200), ...repeat([0.2, 0.8], 200)]);
  const truths = [...repeat(1, 80), ...repeat(0, 120), ...repeat(0, 8), ...repeat(1, 192)];
  const queries = rowsOf([[0.8, 0.2], [0.2, 0.8]]);
  const scores = await scoresOf(classOffset, labelled(rows, truths), queries);
  t.ok(Math.abs(scores[0]! - 0.4) < 0.02 && Math.abs(scores[1]! - 0.04) < 0.02, `${scores.join(', ')} is near .4, .04`);
  const [first, second] = await scoresOf(plattScaledMsp, labelled(rows, truths), queries);
  t.equal(first, second, 'MSP cannot tell them apart');
});

t.test('without labels each is MSP; with one outcome the class offset is Platt-scaled MSP', async (t) => {
  const rows = binaryRows([2, 5, 40], [0, 0, 0]);
  const msp = await scoresOf(maximumSoftmaxProbability, rows, rows);
  for (const baseline of [temperatureScaledMsp, plattScaledMsp, classOffset]) {
    t.ok(near(await scoresOf(baseline, firstRows(rows, 0), rows), msp), baseline.name);
  }
  t.same(await scoresOf(classOffset, rows, rows), await scoresOf(plattScaledMsp, rows, rows));
  t.same(await scoresOf(temperatureScaledMsp, rows, rows), msp);
});
