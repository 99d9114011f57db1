import t from 'tap';
import { HALF_EACH, evaluatePool, fitPool, type PoolProblem } from '../../src/meta/linear/multinomial-pool.js';
import { createRandom } from '../../src/meta/training/random.js';

function problem(rows: number, signal: { base: number; affinity: number }): PoolProblem {
  const random = createRandom(4);
  const classes = 3;
  const truths = Int32Array.from({ length: rows }, () => random.int(classes));
  const noisy = (strength: number) => Float32Array.from({ length: rows * classes }, (_, i) => random.normal() + (i % classes === truths[Math.floor(i / classes)] ? strength : 0));
  return { classes, truths, logProbabilities: noisy(signal.base), affinities: noisy(signal.affinity), rows: Int32Array.from({ length: rows }, (_, i) => i) };
}

t.test('gradient and Hessian agree with finite differences', (t) => {
  const data = problem(40, { base: 1, affinity: 1 });
  const step = 1e-5;
  const at = (l: number, u: number) => evaluatePool(data, [l, u]);
  const { gradient, hessian } = at(0.8, 0.3);
  const differences = [at(0.8 + step, 0.3), at(0.8 - step, 0.3), at(0.8, 0.3 + step), at(0.8, 0.3 - step)] as const;
  const slope = (a: number, b: number) => (a - b) / (2 * step);
  t.ok(Math.abs(slope(differences[0].objective, differences[1].objective) - gradient[0]) < 1e-5);
  t.ok(Math.abs(slope(differences[2].objective, differences[3].objective) - gradient[1]) < 1e-5);
  t.ok(Math.abs(slope(differences[0].gradient[0], differences[1].gradient[0]) - hessian[0]) < 1e-5);
  t.ok(Math.abs(slope(differences[0].gradient[1], differences[1].gradient[1]) - hessian[1]) < 1e-5);
  t.ok(Math.abs(slope(differences[2].gradient[1], differences[3].gradient[1]) - hessian[2]) < 1e-5);
  t.end();
});

t.test('the optimum has gradient 0, and trusts the affinities when they tell more', (t) => {
  const data = problem(400, { base: 0.5, affinity: 2 });
  const { logProbability, affinity } = fitPool(data);
  const { gradient } = evaluatePool(data, [logProbability, affinity]);
  t.ok(Math.hypot(...gradient) < 1e-3);
  t.ok(affinity > 2 * logProbability);
  t.end();
});

t.test('a base model that is worse than chance keeps a weight of 0.1; no rows keep the prior', (t) => {
  const data = problem(2000, { base: -1, affinity: 1 });
  t.equal(fitPool(data).logProbability, 0.1);
  t.ok(fitPool(data).affinity > 0.5);
  t.same(fitPool({ ...data, rows: new Int32Array(0) }), { logProbability: 1, affinity: 0 });
  t.end();
});

t.test('another prior: what it is pulled to without rows, and the optimum under it', (t) => {
  const data = problem(60, { base: 1, affinity: 1 });
  t.same(fitPool({ ...data, rows: new Int32Array(0) }, HALF_EACH), { logProbability: 0.5, affinity: 0.5 });
  const { logProbability, affinity } = fitPool(data, HALF_EACH);
  t.ok(Math.hypot(...evaluatePool(data, [logProbability, affinity], HALF_EACH).gradient) < 1e-3);
  t.ok(Math.hypot(...evaluatePool(data, [logProbability, affinity]).gradient) > 0.1);
  t.end();
});
