import t from 'tap';
import { diamonds } from '../../bench/quality/values/diamonds.js';
import { gaussiansOf } from '../../src/meta/kernel/gaussians.js';
import { fitRidge } from '../../src/meta/kernel/ridge.js';
import { divide } from '../../src/meta/linear/folds.js';
import { createRandom } from '../../src/meta/training/random.js';

const ROWS = 1_000;

/** The first rows of the diamonds: columns of mean 0 and deviation 1, of which four say nearly the same. */
function columns(): { width: number; points: Float32Array; targets: Float32Array } {
  const { width, values, targets } = diamonds();
  const points = values.slice(0, ROWS * width);
  for (let j = 0; j < width; j++) {
    const own = Array.from({ length: ROWS }, (_, i) => points[i * width + j]!);
    const mean = own.reduce((sum, value) => sum + value, 0) / ROWS;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ROWS);
    own.forEach((value, i) => (points[i * width + j] = (value - mean) / deviation));
  }
  const logs = Float64Array.from(targets.subarray(0, ROWS), Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / ROWS;
  return { width, points, targets: Float32Array.from(logs, (value) => 3 * (value - mean)) };
}

t.test('a fit to all rows that has gone astray is not taken, though the fits without a fold say it is the best', async (t) => {
  const { width, points, targets } = columns();
  const [division] = divide(Uint8Array.from(targets, (value) => (value > 0 ? 1 : 0)), 1, createRandom(5));
  const { centres, gamma, coefficients, heldOut } = await fitRidge({
    points, width, targets, classes: 1, known: Int32Array.from({ length: ROWS }, (_, row) => row), context: null, sharpness: 0.5,
  }, division!);
  const { data } = await gaussiansOf(centres, centres, width, gamma, null);
  const errorOf = (says: (row: number) => number): number => targets.reduce((sum, target, row) => sum + (says(row) - target) ** 2, 0) / ROWS;
  const fitted = errorOf((row) => coefficients.reduce((sum, weight, centre) => sum + weight * Number(data[row * ROWS + centre]), 0));
  const withoutFold = errorOf((row) => heldOut[row]!);
  t.ok(fitted <= 1.05 * withoutFold, `${fitted} of rows that were learnt, ${withoutFold} of rows that were not`);
  t.ok(withoutFold < 0.2 * errorOf(() => 0));
});
