import fc from 'fast-check';
import t from 'tap';
import { guardPrior } from '../../src/meta/linear/guard.js';
import { fitStacker, stack } from '../../src/meta/linear/stacker.js';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import { createRandom } from '../../src/meta/training/random.js';

const prior = (fewer: number, perClass: number, experts: number, isAnchored = true) => guardPrior(fewer, perClass, { experts, isAnchored, hasTrees: false });
const close = (a: readonly number[], b: readonly number[], tolerance = 1e-9) => a.every((value, i) => Math.abs(value - b[i]!) < tolerance);

t.test('the guard: u, w0 and lambda by hand', (t) => {
  for (const f of [0, 1, 8]) t.match(prior(f, 1, 4), { trust: 0, weights: [1, 0, 0, 0], precision: 64, interceptPrecision: 64 });
  for (const f of [40, 4000]) {
    const pulled = prior(f, 1, 4);
    t.equal(pulled.trust, 1);
    t.ok(close(pulled.weights, [0.2, 0.4, 0.2, 0.2]));
    t.match(pulled, { precision: 16, interceptPrecision: 1 });
  }
  // ln(20/8) / ln 5 = 0.91629 / 1.60944 = 0.56932
  const middle = prior(20, 1, 4);
  t.ok(Math.abs(middle.trust - 0.56932) < 1e-5);
  t.ok(close(middle.weights, [0.54454, 0.22773, 0.11386, 0.11386], 1e-5));
  t.ok(close([middle.precision, middle.interceptPrecision], [36.6726, 28.1329], 1e-3));
  t.end();
});

t.test('with a consensus few failures leave the anchor .3 and the consensus .7; no prior for another number of experts', (t) => {
  t.match(prior(8, 9, 7), { trust: 0, weights: [0.3, 0, 0, 0, 0, 0, 0.7], precision: 64 });
  t.ok(close(prior(40, 9, 7).weights, [0.1, 0.12, 0.12, 0.12, 0.12, 0.12, 0.3]));
  t.ok(close(prior(40, 0.5, 7).weights, [0.2, 0.06, 0.06, 0.06, 0.06, 0.06, 0.5]), 'half a label a class');
  t.ok(close(prior(8, 9, 6).weights, [1, 0, 0, 0, 0, 0]));
  t.throws(() => prior(8, 9, 3), RangeError);
  t.end();
});

t.test('boosted trees have nothing with few failures and a fifth with many, which the others give up in proportion', (t) => {
  t.ok(close(prior(8, 9, 8).weights, [0.1, 0, 0, 0, 0, 0, 0.2, 0.7]), 'what the trees of synthetic tasks say needs no label either');
  t.ok(close(prior(40, 9, 8).weights, [0.1, 0.12, 0.12, 0.12, 0.12, 0.12, 0.2, 0.1]));
  const withTrees = (fewer: number) => guardPrior(fewer, 9, { experts: 8, isAnchored: true, hasTrees: true });
  t.ok(close(withTrees(8).weights, [0.3, 0, 0, 0, 0, 0, 0.7, 0]));
  t.ok(close(withTrees(40).weights, [0.08, 0.096, 0.096, 0.096, 0.096, 0.096, 0.24, 0.2]));
  t.throws(() => guardPrior(8, 9, { experts: 4, isAnchored: true, hasTrees: true }), RangeError);
  t.end();
});

t.test('without classes: a kernel expert beside the four; where the anchor is a constant it stands beside it from the first failure', (t) => {
  t.ok(close(prior(8, 9, 5).weights, [1, 0, 0, 0, 0]));
  t.ok(close(prior(8, 9, 5, false).weights, [0.5, 0, 0, 0, 0.5]));
  for (const isAnchored of [true, false]) t.ok(close(prior(40, 9, 5, isAnchored).weights, [0.2, 0.2, 0.2, 0.2, 0.2]));
  t.ok(close(prior(8, 9, 4, false).weights, [1, 0, 0, 0]), 'no inputs, no kernel expert');
  t.end();
});

t.test('with few failures the level is that of the experts, with many that of the rows', (t) => {
  // One expert with logits of 0 and nothing but failures: the level is all there is to learn.
  const level = (f: number, rows: number): number => fitStacker([0, 1, 2, 3].map(() => new Float64Array(rows)), new Uint8Array(rows).fill(1), prior(f, 1, 4)).intercept;
  // b = rows (1 - sigmoid(b)) / precision: 4 rows at 64, 400 at 1.
  t.ok(Math.abs(level(4, 4) - (4 * (1 - sigmoid(level(4, 4)))) / 64) < 1e-6);
  t.ok(level(4, 4) < 0.04 && level(40, 400) > 4);
  t.end();
});

t.test('without rows the prior comes back', (t) => {
  const pulled = prior(40, 1, 4);
  const { intercept, weights } = fitStacker([0, 1, 2, 3].map(() => new Float64Array(0)), new Uint8Array(0), pulled);
  t.equal(intercept, 0);
  t.ok(close(weights, pulled.weights));
  t.end();
});

interface Case {
  readonly experts: Float64Array[];
  readonly failures: Uint8Array;
}

function randomCase(seed: number, rows: number): Case {
  const random = createRandom(seed);
  const truth = Float64Array.from({ length: rows }, () => 2 * random.normal() - 1);
  const failures = truth.map((z) => (random.uniform() < sigmoid(z) ? 1 : 0));
  const slopes = [1, 0.5, -1, 0.1].map((slope) => slope * (0.5 + random.uniform()));
  return { failures: Uint8Array.from(failures), experts: slopes.map((slope) => truth.map((z) => slope * z + random.normal())) };
}

t.test('the optimum: gradient 0 where a weight is positive, not negative where it is 0', (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 5, max: 200 }), fc.integer({ min: 1, max: 80 }), (seed, rows, f) => {
    const { experts, failures } = randomCase(seed, rows);
    const pulled = prior(f, 1, 4);
    const fit = fitStacker(experts, failures, pulled);
    const residual = stack(experts, fit).map((z, i) => sigmoid(z) - failures[i]!);
    const intercept = residual.reduce((total, r) => total + r, pulled.interceptPrecision * fit.intercept);
    const gradients = experts.map((expert, k) => expert.reduce((total, z, i) => total + z * residual[i]!, pulled.precision * (fit.weights[k]! - pulled.weights[k]!)));
    const tolerance = 1e-3 * Math.sqrt(rows);
    return Math.abs(intercept) < tolerance && fit.weights.every((w, k) => w >= 0 && (w > 1e-9 ? Math.abs(gradients[k]!) < tolerance : gradients[k]! > -tolerance));
  }), { numRuns: 60 });
  t.end();
});

t.test('an expert that says the opposite gets exactly 0; rows outside the subset do not count', (t) => {
  const { experts, failures } = randomCase(11, 400);
  const { weights } = fitStacker(experts, failures, prior(100, 1, 4));
  t.equal(weights[2], 0);
  t.ok(weights[0]! > 0.2);
  const half = Int32Array.from({ length: 200 }, (_, i) => i);
  const spoilt = Uint8Array.from(failures, (failure, i) => (i < 200 ? failure : 1 - failure));
  t.same(fitStacker(experts, failures, prior(100, 1, 4), half), fitStacker(experts, spoilt, prior(100, 1, 4), half));
  t.end();
});
