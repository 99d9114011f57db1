import t from 'tap';
import { fitLassoPath, lassoModel } from '../../../bench/quality/baselines/lasso.js';
import { createRandom } from '../../../src/meta/training/random.js';

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function sample(rows: number, width: number, seed: number) {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: rows * width }, () => random.normal());
  const failures = Uint8Array.from({ length: rows }, (_, i) => Number(random.uniform() < sigmoid(2 * data[i * width]! - 1)));
  return { points: { rows, width, data }, failures };
}

t.test('the optimum of one balanced column, by hand', async (t) => {
  // x = 1 fails 3 times of 4, x = -1 once of 4. By symmetry the intercept is 0 and the objective's slope
  // 8 (sigmoid(w) - 3/4) + penalty is 0: at penalty 1, sigmoid(w) = 5/8.
  const points = { rows: 8, width: 1, data: Float32Array.of(1, 1, 1, 1, -1, -1, -1, -1) };
  const failures = Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0);
  const [strong, fitted] = fitLassoPath(points, failures, [2.1, 1]);
  // At w = 0 the slope is -8/4 = -2: a penalty above 2 keeps the weight at 0.
  t.equal(strong!.weights[0], 0);
  t.ok(Math.abs(sigmoid(fitted!.weights[0]!) - 5 / 8) < 1e-4);
  t.ok(Math.abs(fitted!.intercept) < 1e-4);
  t.ok(Math.abs(lassoModel(fitted!)(points)[0]! - fitted!.intercept - fitted!.weights[0]!) < 1e-12);
});

t.test('the conditions of an optimum hold on many columns', async (t) => {
  const { points, failures } = sample(120, 8, 7);
  for (const [at, { intercept, weights }] of fitLassoPath(points, failures, [10, 3, 1]).entries()) {
    const penalty = [10, 3, 1][at]!;
    const logits = lassoModel({ intercept, weights })(points);
    for (let j = 0; j < points.width; j++) {
      let gradient = 0;
      for (let i = 0; i < points.rows; i++) gradient += (sigmoid(logits[i]!) - failures[i]!) * points.data[i * points.width + j]!;
      const violation = weights[j] === 0 ? Math.max(0, Math.abs(gradient) - penalty) : Math.abs(gradient + Math.sign(weights[j]!) * penalty);
      t.ok(violation < 0.02, `column ${j} at penalty ${penalty}: ${violation}`);
    }
  }
});

t.test('one outcome stays finite', async (t) => {
  const { points } = sample(20, 3, 9);
  for (const { intercept, weights } of fitLassoPath(points, new Uint8Array(20), [1])) {
    t.ok(Number.isFinite(intercept) && intercept < -3);
    t.ok(weights.every(Number.isFinite));
  }
});
