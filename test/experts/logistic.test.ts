import t from 'tap';
import { designLogits, designOf } from '../../src/meta/linear/design.js';
import { fitLogistic } from '../../src/meta/linear/logistic.js';
import { logLossOfLogit, logit, sigmoid } from '../../src/meta/linear/numerics.js';
import { createRandom } from '../../src/meta/training/random.js';

const prior = (mean: number[], precision: number[]) => ({ mean: Float64Array.from(mean), precision: Float64Array.from(precision) });

/** Gradient of the objective, written out anew. */
function gradient(rows: readonly (readonly number[])[], failures: Uint8Array, { mean, precision }: ReturnType<typeof prior>, w: Float64Array): number[] {
  return Array.from(w, (value, j) => precision[j]! * (value - mean[j]!)
    + rows.reduce((total, row, i) => total + (sigmoid(row.reduce((z, x, k) => z + x * w[k]!, 0)) - failures[i]!) * row[j]!, 0));
}

t.test('an intercept alone under a vanishing prior is the logit of the rate', (t) => {
  const failures = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 0);
  const { coefficients } = fitLogistic(designOf(10, []), failures, prior([0], [1e-12]));
  t.ok(Math.abs(coefficients[0]! - Math.log(2 / 8)) < 1e-9);
  t.end();
});

t.test('a hand-checked optimum: one failure at x = 1, one success at x = -1, unit prior on the slope', (t) => {
  // By symmetry the intercept is 0; the slope solves w = 2 sigmoid(-w).
  const design = designOf(2, [{ width: 1, data: [1, -1] }]);
  const { coefficients } = fitLogistic(design, Uint8Array.of(1, 0), prior([0, 0], [1, 1]));
  t.ok(Math.abs(coefficients[0]!) < 1e-9);
  t.ok(Math.abs(coefficients[1]! - 2 * sigmoid(-coefficients[1]!)) < 1e-6);
  t.ok(Math.abs(coefficients[1]! - 0.6748) < 1e-4);
  t.end();
});

t.test('without rows the prior mean comes back', (t) => {
  const { coefficients } = fitLogistic(designOf(0, [{ width: 1, data: [] }]), new Uint8Array(0), prior([0.25, 1], [1, 4]));
  t.same([...coefficients], [0.25, 1]);
  t.end();
});

t.test('the gradient is zero at the fit, also with a categorical column and on a subset of the rows', (t) => {
  const random = createRandom(3);
  const n = 120;
  const x = Float64Array.from({ length: 2 * n }, () => 3 * random.normal());
  const category = Int32Array.from({ length: n }, () => random.int(4));
  const failures = Uint8Array.from({ length: n }, (_, i) => (random.uniform() < sigmoid(x[2 * i]! - 1 + 0.5 * category[i]!) ? 1 : 0));
  const p = prior([0, 0.5, 0.5, 0, 0, 0, 0], [1, 4, 2, 11, 11, 11, 11]);
  const subset = Int32Array.from({ length: 60 }, (_, i) => 2 * i);
  const { coefficients, gradient: reported } = fitLogistic(designOf(n, [{ width: 2, data: x }], category, 4), failures, p, subset);
  const rows = Array.from(subset, (i) => [1, x[2 * i]!, x[2 * i + 1]!, ...[0, 1, 2, 3].map((k) => (k === category[i] ? 1 : 0))]);
  const values = gradient(rows, Uint8Array.from(subset, (i) => failures[i]!), p, coefficients);
  t.ok(values.every((value) => Math.abs(value) < 1e-4), values.join(' '));
  t.ok(reported < 1e-4);
  t.end();
});

t.test('a categorical column equals its indicator columns', (t) => {
  const category = Int32Array.of(0, 1, 2, 0, 1, 2, 0, 0);
  const failures = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1);
  const indicators = Array.from(category, (k) => [0, 1, 2].map((c) => (c === k ? 1 : 0))).flat();
  const p = prior([0, 0, 0, 0], [1, 2, 2, 2]);
  const a = fitLogistic(designOf(8, [], category, 3), failures, p).coefficients;
  const b = fitLogistic(designOf(8, [{ width: 3, data: indicators }]), failures, p).coefficients;
  t.ok(a.every((value, j) => Math.abs(value - b[j]!) < 1e-8));
  t.end();
});

t.test('where undamped Newton diverges, step halving converges', (t) => {
  // Confident logits of an overconfident base model, some of them wrong: the curvature is nearly zero at the start.
  const x = [-15, -14, -13, -12, -15, -14, 12, 13, 9, -9];
  const failures = Uint8Array.of(0, 0, 1, 0, 1, 0, 0, 1, 0, 1);
  const p = prior([0, 1], [1, 0.01]);
  const rows = x.map((value) => [1, value]);
  let w = Float64Array.of(0, 1);
  for (let i = 0; i < 30; i++) {
    const g = gradient(rows, failures, p, w);
    let [a, b, c] = [1, 0, 0.01];
    for (const [one, value] of rows as [number, number][]) {
      const q = sigmoid(one * w[0]! + value * w[1]!);
      a += q * (1 - q); b += q * (1 - q) * value; c += q * (1 - q) * value * value;
    }
    const d = a * c - b * b;
    w = Float64Array.of(w[0]! - (c * g[0]! - b * g[1]!) / d, w[1]! - (a * g[1]! - b * g[0]!) / d);
  }
  const design = designOf(10, [{ width: 1, data: x }]);
  const objective = (v: Float64Array) => designLogits(design, v).reduce((total, z, i) => total + logLossOfLogit(z, failures[i]!), 0.5 * v[0]! ** 2 + 0.005 * (v[1]! - 1) ** 2);
  const fit = fitLogistic(design, failures, p);
  t.ok(fit.gradient < 1e-4);
  t.ok(Math.abs(fit.objective - objective(fit.coefficients)) < 1e-9);
  t.ok(!(objective(w) < fit.objective + 1), `undamped: ${objective(w)}, damped: ${fit.objective}`);
  t.end();
});

t.test('logits and losses at the ends of the range', (t) => {
  t.equal(logLossOfLogit(800, 0), 800);
  t.equal(logLossOfLogit(-800, 1), 800);
  t.equal(sigmoid(-800), 0);
  t.ok(Math.abs(sigmoid(logit(0.3)) - 0.3) < 1e-15);
  t.end();
});
