import t from 'tap';
import { fitTemperature, temperatureLoss, type TemperatureProblem } from '../../src/meta/linear/temperature.js';
import { createRandom } from '../../src/meta/training/random.js';

const near = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance;

/** Rows whose true class is drawn from softmax(ln P / T); five numbers of something else stand before the log-probabilities. */
function drawn(rows: number, classes: number, temperature: number, seed: number): TemperatureProblem {
  const random = createRandom(seed);
  const [offset, stride] = [5, 5 + classes];
  const values = new Float32Array(rows * stride).fill(9);
  const [predicted, truths] = [new Int32Array(rows), new Int32Array(rows)];
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: classes }, () => 2 * random.normal());
    const soft = (t: number) => {
      const exp = logits.map((logit) => Math.exp(logit / t));
      const total = exp.reduce((sum, value) => sum + value, 0);
      return exp.map((value) => value / total);
    };
    values.set(soft(1).map(Math.log), row * stride + offset);
    predicted[row] = logits.indexOf(Math.max(...logits));
    let left = random.uniform();
    truths[row] = soft(temperature).findIndex((p) => (left -= p) < 0);
  }
  return { rows, classes, values, stride, offset, predicted, truths, failures: Uint8Array.from(truths, (truth, row) => (truth === predicted[row] ? 0 : 1)) };
}

t.test('the loss of one row, by hand', async (t) => {
  const row = { rows: 1, classes: 3, values: Float32Array.from([0.5, 0.25, 0.25].map(Math.log)), stride: 3, offset: 0, predicted: Int32Array.of(0), failures: Uint8Array.of(1) };
  t.ok(near(temperatureLoss({ ...row, truths: Int32Array.of(1) }, 1), Math.log(4), 1e-6));
  // At T = 1/2 the odds are squared: .25 : .0625 : .0625.
  t.ok(near(temperatureLoss({ ...row, truths: Int32Array.of(1) }, 0.5), Math.log(6), 1e-6));
  t.ok(near(temperatureLoss({ ...row, truths: Int32Array.of(-2) }, 0.5), Math.log(3), 1e-6), 'only that it failed: .125 of .375');
  t.ok(near(temperatureLoss({ ...row, failures: Uint8Array.of(0), truths: Int32Array.of(-2) }, 0.5), Math.log(1.5), 1e-6), 'only that it did not');
});

t.test('the temperature that made the labels is found, with classes or without', async (t) => {
  for (const temperature of [0.4, 1, 2]) {
    const problem = drawn(20_000, 6, temperature, 1);
    const fitted = fitTemperature(problem);
    t.ok(near(fitted / temperature, 1, 0.03), `${fitted} for ${temperature}`);
    const withoutClasses = fitTemperature({ ...problem, truths: problem.truths.map(() => -2) });
    t.ok(near(withoutClasses / temperature, 1, 0.05), `${withoutClasses} for ${temperature} without classes`);
  }
});

t.test('few labels leave it near 1, none leave it there', async (t) => {
  t.equal(fitTemperature(drawn(0, 3, 1, 1)), 1);
  const impossible = { rows: 1, classes: 2, values: Float32Array.of(0, -1e9), stride: 2, offset: 0, predicted: Int32Array.of(0), truths: Int32Array.of(1), failures: Uint8Array.of(1) };
  t.ok(near(fitTemperature(impossible), 1, 0.05), 'one impossible class does not decide');
  for (let seed = 1; seed <= 20; seed++) {
    const fitted = fitTemperature(drawn(10, 4, 1, seed));
    t.ok(fitted > 0.4 && fitted < 2.5, String(fitted));
  }
});
