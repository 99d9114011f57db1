import fc from 'fast-check';
import t from 'tap';
import { agrees } from '../support/feature-reference.js';
import { gradientReference } from '../support/gradient-reference.js';
import type { Picture } from '../support/picture-reference.js';
import { featuresOf, isNear, wave } from '../support/picture-run.js';

const HISTOGRAMS = 200;

t.test('as counted pixel by pixel, channels first, channels last, of fixed and of variable size', async (t) => {
  const grids = { gray: { height: 28, width: 28 }, cells: 5, coarse: { height: 7, width: 7, channels: 1 } };
  const size = { channels: 1, height: 28, width: 28 };
  const expected = [0, 1].map((row) => gradientReference(wave(row), size, grids));
  for (const dims of [[null, 1, 28, 28], [null, 28, 28, 1], [null, 28, 28]]) {
    const actual = await featuresOf(dims, [wave(0), wave(1)], size);
    t.ok(expected.every((row, i) => isNear(actual[i], row)), JSON.stringify(dims));
  }
  const large = { channels: 1, height: 40, width: 33 };
  const wanted = { gray: { height: 32, width: 32 }, cells: 5, coarse: { height: 6, width: 6, channels: 1 } };
  for (const dims of [[null, 1, null, null], [null, null, null, 1]]) {
    const actual = await featuresOf(dims, [wave(0), wave(1)], large);
    t.ok([0, 1].every((row) => isNear(actual[row], gradientReference(wave(row), large, wanted))), JSON.stringify(dims));
  }
  const fixed = { gray: { height: 20, width: 17 }, cells: 5, coarse: { height: 7, width: 6, channels: 1 } };
  const [actual] = await featuresOf([null, 1, 40, 33], [wave(1)], large);
  t.ok(isNear(actual, gradientReference(wave(1), large, fixed)), 'fine pictures are pooled first');
});

t.test('an edge points into one direction, and a turned picture has its directions turned', async (t) => {
  const size = { channels: 1, height: 20, width: 20 };
  const edge: Picture = (_, __, x) => (x < 10 ? 0 : 1);
  const turned: Picture = (c, y, x) => edge(c, x, y);
  const [toTheRight, down] = await featuresOf([null, 1, 20, 20], [edge, turned], size);
  const strength = (features: Float32Array | undefined, direction: number): number => [...(features ?? [])].slice(direction * 25, (direction + 1) * 25).reduce((sum, value) => sum + value, 0);
  const strengths = (features: Float32Array | undefined): number[] => Array.from({ length: 8 }, (_, k) => strength(features, k));
  const right = strengths(toTheRight);
  t.ok(right.slice(2, 7).every((value) => value < 1e-3), 'nothing away from the edge, nor along it');
  t.ok((right[0] ?? 0) > (right[1] ?? 0) && agrees(right[1], right[7] ?? NaN, 1e-3));
  t.ok(strengths(down).every((value, k) => agrees(value, right[(k + 6) % 8] ?? NaN, 1e-3, 1e-3)), 'two eighths further');
});

t.test('light and contrast change nothing but their logarithms', async () => {
  const size = { channels: 1, height: 24, width: 24 };
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.05, max: 200, noNaN: true }), fc.integer({ min: 0, max: 50 }), async (factor, row) => {
      const [plain, brighter] = await featuresOf([null, 1, 24, 24], [wave(row), (c, y, x) => factor * wave(row)(c, y, x)], size);
      const end = (plain?.length ?? 0) - 2;
      const same = plain?.subarray(0, end).every((value, i) => agrees(brighter?.[i], value, 1e-3, 2e-3)) ?? false;
      const logs = plain?.subarray(end).every((value, i) => agrees(brighter?.[end + i], Math.log(factor * (Math.exp(value) - 1e-3) + 1e-3), 1e-3, 1e-3)) ?? false;
      return same && logs;
    }),
    { numRuns: 20 },
  );
});

t.test('flat and black pictures, and those with missing pixels, have finite features', async (t) => {
  const size = { channels: 1, height: 28, width: 28 };
  const [flat, black, holed] = await featuresOf([null, 1, 28, 28], [() => 0.3, () => 0, (_, y, x) => (y === x ? NaN : y === 3 ? Infinity : x / 28)], size);
  t.ok(flat?.subarray(0, HISTOGRAMS + 49).every((value) => Math.abs(value) < 0.2), 'rounding is no gradient');
  t.ok(black?.subarray(0, HISTOGRAMS + 49).every((value) => value === 0));
  t.ok(agrees(black?.[249], Math.log(1e-3), 1e-4));
  t.ok(holed?.every(Number.isFinite));
});
