import t from 'tap';
import { initialWeights } from '../../src/meta/training/net-initial.js';

const OPTIONS = { members: 3, width: 50, hidden: 40, outputs: 30, zeroOutput: false, seed: 5 };

/** Thousands of values: a bare comparison, since the difference is not worth printing. */
function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function meanSquare(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

t.test('weights have variance 2 / inputs of their layer, biases are zero', async (t) => {
  const { w1, b1, w2, b2 } = initialWeights(OPTIONS);
  t.equal(w1.length, 3 * 50 * 40);
  t.equal(w2.length, 3 * 40 * 30);
  // Four standard errors of a variance from 6,000 and 3,600 draws.
  t.ok(Math.abs(meanSquare(w1) * (50 / 2) - 1) < 0.075, `first layer: ${meanSquare(w1)}`);
  t.ok(Math.abs(meanSquare(w2) * (40 / 2) - 1) < 0.095, `second layer: ${meanSquare(w2)}`);
  t.ok(b1.length === 3 * 40 && b1.every((value) => value === 0));
  t.ok(b2.length === 3 * 30 && b2.every((value) => value === 0));
});

t.test('members differ, and a member does not depend on how many there are', async (t) => {
  const size = 50 * 40;
  const { w1 } = initialWeights(OPTIONS);
  t.notOk(same(w1.subarray(0, size), w1.subarray(size, 2 * size)));
  t.ok(same(initialWeights({ ...OPTIONS, members: 2 }).w1, w1.subarray(0, 2 * size)));
  t.notOk(same(initialWeights({ ...OPTIONS, seed: 6 }).w1, w1));
});

t.test('a zero output layer leaves the first layer as it is', async (t) => {
  const zero = initialWeights({ ...OPTIONS, zeroOutput: true });
  t.ok(zero.w2.every((value) => value === 0));
  t.ok(same(zero.w1, initialWeights(OPTIONS).w1));
});
