import t from 'tap';
import { pairedDifference } from '../../src/meta/evaluation/paired-difference.js';

t.test('mean and standard error by hand, with and without weights', (t) => {
  const [ours, theirs] = [Float64Array.of(1, 2, 6), Float64Array.of(0, 2, 4)];
  // Differences 1, 0, 2: mean 1, squares 0, 1, 1.
  const plain = pairedDifference(ours, theirs, null);
  t.equal(plain.mean, 1);
  t.ok(Math.abs(plain.error - Math.SQRT2 / 3) < 1e-12);
  // Weights 1, 1, 2: mean 5/4; weighted residuals -1/4, -5/4, 3/2.
  const weighted = pairedDifference(ours, theirs, Float64Array.of(1, 1, 2));
  t.equal(weighted.mean, 1.25);
  t.ok(Math.abs(weighted.error - Math.sqrt(0.0625 + 1.5625 + 2.25) / 4) < 1e-12);
  t.same(pairedDifference(new Float64Array(0), new Float64Array(0), null), { mean: 0, error: 0 });
  t.ok(Number.isNaN(pairedDifference(ours, Float64Array.of(0, NaN, 0), null).mean), 'what is not known compares with nothing');
  t.end();
});
