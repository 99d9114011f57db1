import t from 'tap';
import { gradientProducts } from '../../src/meta/kernel/gradient-products.js';
import { createRandom } from '../../src/meta/training/random.js';

const [WIDTH, CLASSES, CENTRES, GAMMA] = [3, 2, 40, 0.4];
const random = createRandom(11);
const centres = Float32Array.from({ length: CENTRES * WIDTH }, () => random.normal());
const coefficients = Float32Array.from({ length: CENTRES * CLASSES }, () => random.normal());

/** The regression of one class. */
function value(at: readonly number[], k: number): number {
  let sum = 0;
  for (let m = 0; m < CENTRES; m++) {
    const squared = at.reduce((total, x, j) => total + (x - centres[m * WIDTH + j]!) ** 2, 0);
    sum += coefficients[m * CLASSES + k]! * Math.exp(-GAMMA * squared);
  }
  return sum;
}

/** Its gradient by central differences. */
function gradient(at: readonly number[], k: number): number[] {
  const moved = (j: number, by: number) => value(at.map((x, i) => (i === j ? x + by : x)), k);
  return at.map((_, j) => (moved(j, 1e-4) - moved(j, -1e-4)) / 2e-4);
}

t.test('the products are those of the gradients, up to one factor', async (t) => {
  const steps: number[] = [];
  const products = await gradientProducts({ centres, gamma: GAMMA, coefficients }, WIDTH, CLASSES, { onProgress: (done) => steps.push(done) });
  const expected = new Float64Array(WIDTH * WIDTH);
  for (let m = 0; m < CENTRES; m++) {
    for (let k = 0; k < CLASSES; k++) {
      const slope = gradient([...centres.subarray(m * WIDTH, (m + 1) * WIDTH)], k);
      slope.forEach((a, i) => slope.forEach((b, j) => (expected[i * WIDTH + j]! += a * b)));
    }
  }
  const factor = (2 * GAMMA) ** 2;
  products.forEach((product, i) => t.ok(Math.abs(factor * product - expected[i]!) < 1e-3 * expected[0]!, `${factor * product} and ${expected[i]}`));
  t.same(steps, [1, 2]);
});

t.test('it stops when it is told to', async (t) => {
  await t.rejects(gradientProducts({ centres, gamma: GAMMA, coefficients }, WIDTH, CLASSES, { signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' });
});
