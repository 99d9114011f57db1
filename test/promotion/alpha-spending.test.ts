import t from 'tap';
import { upperNormalQuantile } from '../../src/meta/evaluation/normal-quantile.js';
import { alphaOfTry, PROMOTION_ALPHA } from '../../src/meta/promotion/alpha-spending.js';
import { near } from '../support/evaluation-data.js';

t.test('all tries together spend alpha and no more', async (t) => {
  const spent = (tries: number) => Array.from({ length: tries }, (_, i) => alphaOfTry(i + 1)).reduce((sum, alpha) => sum + alpha, 0);
  near(t, alphaOfTry(1), PROMOTION_ALPHA / 2);
  near(t, alphaOfTry(2), PROMOTION_ALPHA / 6);
  near(t, spent(9), 0.9 * PROMOTION_ALPHA);
  t.ok(spent(10_000) < PROMOTION_ALPHA);
  for (const attempt of [0, 1.5, NaN]) t.throws(() => alphaOfTry(attempt), RangeError);
});

t.test('normal quantiles, as in tables', async (t) => {
  for (const [tail, quantile] of [[0.5, 0], [0.1, 1.28155], [0.05, 1.64485], [0.025, 1.95996], [0.001, 3.09023], [1e-6, 4.75342]] as const) {
    near(t, upperNormalQuantile(tail), quantile, 5e-4);
  }
  for (const tail of [0, 0.6, NaN]) t.throws(() => upperNormalQuantile(tail), RangeError);
});
