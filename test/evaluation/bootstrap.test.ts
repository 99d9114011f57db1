import t from 'tap';
import { pairedBootstrap } from '../../src/meta/evaluation/bootstrap.js';
import { createRandom } from '../../src/meta/training/random.js';
import { near } from '../support/evaluation-data.js';

const options = { resamples: 1000, seed: 7 };

/** Losses of n rows: standard normal noise around a mean. */
function noise(n: number, center: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, () => center + random.normal());
}

t.test('the interval is that of the normal approximation on many rows', async (t) => {
  const n = 4000;
  const a = noise(n, -0.05, 1);
  const result = pairedBootstrap(a, new Float64Array(n), options);
  const average = a.reduce((sum, loss) => sum + loss, 0) / n;
  near(t, result.meanDifference, average);
  // The standard error is 1 / sqrt(4000) = 0.0158; 1,000 resamples know a 2.5 % point to about 0.1 of it.
  near(t, result.interval[0], average - 1.96 / Math.sqrt(n), 0.005);
  near(t, result.interval[1], average + 1.96 / Math.sqrt(n), 0.005);
});

t.test('the share of resamples is the normal probability of a smaller mean', async (t) => {
  const n = 400;
  const a = noise(n, 0, 2);
  const average = a.reduce((sum, loss) => sum + loss, 0) / n;
  // Shifted so that the mean lies exactly one standard error below zero: about 84 % of the resamples are below zero.
  const deviation = Math.sqrt(a.reduce((sum, loss) => sum + (loss - average) ** 2, 0) / n);
  const b = new Float64Array(n).fill(average + deviation / Math.sqrt(n));
  near(t, pairedBootstrap(a, b, options).shareBetter, 0.841, 0.05);
  near(t, pairedBootstrap(b, a, options).shareBetter, 0.159, 0.05);
});

t.test('what is common to both losses does not count', async (t) => {
  const common = noise(50, 100, 3);
  const better = pairedBootstrap(common, common.map((loss) => loss + 0.25), options);
  near(t, better.meanDifference, -0.25, 1e-9);
  t.equal(better.shareBetter, 1);
  near(t, better.interval[1], -0.25, 1e-9);
});

t.test('equal losses are no better and no worse', async (t) => {
  const losses = Float64Array.of(0.1, 0.2, 0.3);
  t.same(pairedBootstrap(losses, losses, options), { meanDifference: 0, shareBetter: 0.5, interval: [0, 0] });
});

t.test('the seed decides', async (t) => {
  const a = noise(30, 0, 4);
  const b = noise(30, 0, 5);
  t.same(pairedBootstrap(a, b, options), pairedBootstrap(a, b, options));
  t.notSame(pairedBootstrap(a, b, options).interval, pairedBootstrap(a, b, { ...options, seed: 8 }).interval);
});

t.test('bad arguments are refused', async (t) => {
  const one = Float64Array.of(1);
  t.throws(() => pairedBootstrap(one, Float64Array.of(1, 2), options), RangeError);
  t.throws(() => pairedBootstrap(new Float64Array(), new Float64Array(), options), RangeError);
  t.throws(() => pairedBootstrap(one, one, { resamples: 0, seed: 1 }), RangeError);
});
