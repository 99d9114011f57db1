import fc from 'fast-check';
import t from 'tap';
import { frequencyWeights } from '../../src/meta/features/frequencies.js';
import { colourReference } from '../support/colour-reference.js';
import { agrees } from '../support/feature-reference.js';
import type { Picture } from '../support/picture-reference.js';
import { featuresOf, isNear, wave } from '../support/picture-run.js';

const [DIRECTIONS, EDGES, COLOURS] = [12, 14, 28];
const LEVELS_AT = DIRECTIONS * EDGES + 3 * COLOURS;

t.test('as counted pixel by pixel, channels first, channels last, of fixed and of variable size', async (t) => {
  const size = { channels: 3, height: 40, width: 33 };
  const expect = async (dims: (number | null)[], pixels: { height: number; width: number }): Promise<void> => {
    const actual = await featuresOf(dims, [wave(0), wave(1)], size);
    t.ok([0, 1].every((row) => isNear(actual[row], colourReference(wave(row), size, { pixels, edges: EDGES, colours: COLOURS }))), JSON.stringify(dims));
  };
  for (const dims of [[null, 3, null, null], [null, null, null, 3]]) await expect(dims, { height: 32, width: 32 });
  for (const dims of [[null, 3, 40, 33], [null, 40, 33, 3]]) await expect(dims, { height: 20, width: 17 });
});

t.test('two channels have room for more of each', async (t) => {
  const size = { channels: 2, height: 16, width: 16 };
  const [actual] = await featuresOf([null, 2, 16, 16], [wave(2)], size);
  const wanted = colourReference(wave(2), size, { pixels: { height: 16, width: 16 }, edges: EDGES, colours: 28 });
  t.equal(actual?.length, DIRECTIONS * EDGES + 2 * 43 + 2);
  t.ok(wanted.slice(0, DIRECTIONS * EDGES).every((value, i) => agrees(actual?.[i], value, 1e-3, 2e-3)));
});

t.test('an edge counts where it is strongest, whatever its sign, and is mirrored with its picture', async (t) => {
  const size = { channels: 3, height: 16, width: 16 };
  const red: Picture = (c, _, x) => (c === 0 && x >= 8 ? 1 : 0.5);
  const dark: Picture = (c, y, x) => 1 - red(c, y, x);
  const mirrored: Picture = (c, y, x) => red(c, x, y);
  const [first, second, third] = await featuresOf([null, 3, 16, 16], [red, dark, mirrored], size);
  /** The mean over all cells is the lowest frequency of a direction. */
  const means = (features: Float32Array | undefined): number[] => Array.from({ length: DIRECTIONS }, (_, k) => features?.[k * EDGES] ?? NaN);
  t.ok(means(first).every((value, k) => agrees(means(second)[k], value, 1e-3, 1e-3)), 'dark on bright is bright on dark');
  t.ok(means(third).every((value, k) => agrees(value, means(first)[(DIRECTIONS + 6 - k) % DIRECTIONS] ?? NaN, 1e-3, 1e-3)), 'mirrored in the diagonal');
  t.ok((means(first)[0] ?? 0) > 0.3 && (means(first)[6] ?? 1) < 1e-3, 'across the edge, not along it');
  const gray: Picture = (_, y, x) => red(0, y, x);
  const [inEvery] = await featuresOf([null, 3, 16, 16], [gray], size);
  t.ok(means(first).every((value, k) => agrees(means(inEvery)[k], value, 1e-3, 1e-3)), 'in one channel as in all');
});

t.test('light and contrast change nothing but their logarithms', async () => {
  const size = { channels: 3, height: 24, width: 24 };
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.05, max: 200, noNaN: true }), fc.integer({ min: 0, max: 50 }), async (factor, row) => {
      const [plain, brighter] = await featuresOf([null, 3, 24, 24], [wave(row), (c, y, x) => factor * wave(row)(c, y, x)], size);
      const same = plain?.subarray(0, LEVELS_AT).every((value, i) => agrees(brighter?.[i], value, 1e-3, 2e-3)) ?? false;
      const logs = plain?.subarray(LEVELS_AT).every((value, i) => agrees(brighter?.[LEVELS_AT + i], Math.log(factor * (Math.exp(value) - 1e-3) + 1e-3), 1e-3, 1e-3)) ?? false;
      return same && logs && plain?.length === LEVELS_AT + 2;
    }),
    { numRuns: 20 },
  );
});

t.test('flat and black pictures, and those with missing pixels, have finite features', async (t) => {
  const size = { channels: 3, height: 20, width: 20 };
  const [flat, black, holed] = await featuresOf([null, 3, 20, 20], [() => 0.3, () => 0, (c, y, x) => (y === x ? NaN : y === 3 ? -Infinity : (c + x) / 28)], size);
  t.ok(flat?.subarray(0, LEVELS_AT).every((value) => Math.abs(value) < 0.5), 'rounding is no edge');
  t.ok(black?.subarray(0, LEVELS_AT).every((value) => value === 0));
  t.ok(agrees(black?.[LEVELS_AT], Math.log(1e-3), 1e-4));
  t.ok(holed?.every(Number.isFinite));
});

t.test('frequencies are orthogonal, and all of them keep everything', (t) => {
  const [side, count] = [8, 64];
  const weights = frequencyWeights(side, count);
  const product = (a: number, b: number): number => Array.from({ length: side ** 2 }, (_, cell) => (weights[cell * count + a] ?? NaN) * (weights[cell * count + b] ?? NaN)).reduce((sum, value) => sum + value, 0);
  for (let a = 0; a < count; a++) for (let b = 0; b <= a; b++) if (!agrees(product(a, b), a === b ? 1 : 0, 1e-5, 1e-5)) t.fail(`${a} and ${b}`);
  t.ok(frequencyWeights(side, 9).every((value, i) => agrees(value, ((weights[Math.floor(i / 9) * count + (i % 9)] ?? NaN) * Math.sqrt(9)) / 8, 1e-5, 1e-6)), 'fewer are the first ones, smaller');
  t.end();
});
