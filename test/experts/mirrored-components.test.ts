import t from 'tap';
import { mirroredComponents, mirroredMean } from '../../src/meta/experts/mirrored-components.js';
import { principalComponents } from '../../src/meta/experts/principal-components.js';
import { createRandom } from '../../src/meta/training/random.js';

const ROWS = 60;
/** Two pairs that change places, one of them with its sign; two that stay, one with the other sign. */
const MIRROR = [2, 1, -4, -3, 5, -6];
const WIDTH = MIRROR.length;
const random = createRandom(4);
const factors = Array.from({ length: WIDTH * WIDTH }, () => random.normal());
const rows = Array.from({ length: ROWS }, () => {
  const scores = Array.from({ length: WIDTH }, (_, c) => random.normal() * (c + 1));
  return Array.from({ length: WIDTH }, (_, j) => scores.reduce((sum, score, c) => sum + score * factors[c * WIDTH + j]!, j));
});
const turned = (row: readonly number[]): number[] => MIRROR.map((column) => Math.sign(column) * row[Math.abs(column) - 1]!);

function meanOf(all: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from({ length: WIDTH }, (_, j) => all.reduce((sum, row) => sum + row[j]!, 0) / all.length);
}

function covarianceOf(all: readonly (readonly number[])[], mean: Float32Array): Float64Array {
  return Float64Array.from({ length: WIDTH ** 2 }, (_, i) => all.reduce((sum, row) => sum + (row[Math.floor(i / WIDTH)]! - mean[Math.floor(i / WIDTH)]!) * (row[i % WIDTH]! - mean[i % WIDTH]!), 0) / all.length);
}

const both = [...rows, ...rows.map(turned)];
const mean = mirroredMean(meanOf(rows), MIRROR);
const found = mirroredComponents(covarianceOf(rows, mean), MIRROR, WIDTH)!;

function projected(row: readonly number[]): number[] {
  return Array.from({ length: WIDTH }, (_, c) => row.reduce((sum, value, j) => sum + (value - mean[j]!) * found.components.projection[j * WIDTH + c]!, 0));
}

t.test('they are those of the rows and their mirror images together', (t) => {
  t.ok(meanOf(both).every((value, j) => Math.abs(value - mean[j]!) < 1e-4));
  const plain = principalComponents(covarianceOf(both, mean), WIDTH, WIDTH)!;
  // Where two numbers of an eigenvector are equal but for their sign, which of them is positive is chance.
  t.ok(plain.projection.every((value, i) => Math.abs(Math.abs(value) - Math.abs(found.components.projection[i]!)) < 1e-4));
  t.end();
});

t.test('a mirror turns some around, and leaves the others', (t) => {
  t.same([...found.signs].sort(), [-1, -1, -1, 1, 1, 1]);
  for (const row of rows) {
    const [own, image] = [projected(row), projected(turned(row))];
    own.forEach((value, c) => t.ok(Math.abs(image[c]! - found.signs[c]! * value) < 1e-4));
  }
  t.end();
});

t.test('fewer components are the first of them; none where nothing varies', (t) => {
  const { components, signs } = mirroredComponents(covarianceOf(rows, mean), MIRROR, 2)!;
  t.same([...signs], [...found.signs.subarray(0, 2)]);
  t.ok(Array.from({ length: WIDTH }, (_, j) => j).every((j) => components.projection[2 * j] === found.components.projection[WIDTH * j]));
  t.equal(mirroredComponents(new Float64Array(WIDTH ** 2), MIRROR, 3), null);
  t.end();
});

t.test('a mirror that changes nothing, or turns everything around', (t) => {
  const covariance = covarianceOf(rows, mean);
  t.same([...mirroredComponents(covariance, [1, 2, 3, 4, 5, 6], 3)!.signs], [1, 1, 1]);
  t.same([...mirroredComponents(covariance, [-1, -2, -3, -4, -5, -6], 3)!.signs], [-1, -1, -1]);
  t.end();
});
