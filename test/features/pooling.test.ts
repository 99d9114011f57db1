import fc from 'fast-check';
import t from 'tap';
import { poolingWeights } from '../../src/meta/features/pooling.js';
import { agrees } from '../support/feature-reference.js';
import { floats, info, plan, runFeatures } from '../support/feature-run.js';

/** Too few numbers for gradients: images are average-pooled. */
const FEW = 89;

t.test('weights of whole and of cut cells', async (t) => {
  t.same([...poolingWeights(4, 2)], [0.5, 0, 0.5, 0, 0, 0.5, 0, 0.5]);
  // 3 values in 2 cells of 1.5: the middle one is cut in half.
  const thirds = poolingWeights(3, 2);
  t.ok([2 / 3, 0, 1 / 3, 1 / 3, 0, 2 / 3].every((weight, i) => agrees(thirds[i], weight)));
  // Fewer values than cells: each is repeated.
  t.same([...poolingWeights(2, 4)], [1, 1, 0, 0, 0, 0, 1, 1]);
});

t.test('28 x 28 is averaged over squares of 4 x 4', async (t) => {
  const pixels = Array.from({ length: 784 }, (_, i) => i);
  const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 1, 28, 28])], maxWidth: FEW }), { x: floats([1, 1, 28, 28], pixels) });
  // Top left: rows 0 to 3 and columns 0 to 3, 1.5 x 28 + 1.5 = 43.5; the next square to the right is 4 more, the next below 112 more.
  t.equal(run.features[0], 43.5);
  t.equal(run.features[1], 47.5);
  t.equal(run.features[7], 155.5);
  t.equal(run.features[48], 25.5 * 28 + 25.5);
});

/** Average of the pixels of a channel over a cell, by counting. */
function cellMean(image: (y: number, x: number) => number, top: number, left: number, side: number): number {
  let total = 0;
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) total += image(y, x);
  return total / (side * side);
}

t.test('channels first, channels last, fixed and variable sizes, all give the same', async (t) => {
  const side = 16;
  const pixel = (row: number, c: number, y: number, x: number) => Math.sin(row * 3 + c * 7 + y * side + x);
  const values: number[] = [];
  const lastValues: number[] = [];
  for (let row = 0; row < 2; row++) {
    for (let c = 0; c < 3; c++) for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) values.push(pixel(row, c, y, x));
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) for (let c = 0; c < 3; c++) lastValues.push(pixel(row, c, y, x));
  }
  const first = floats([2, 3, side, side], values);
  const last = floats([2, side, side, 3], lastValues);
  const expected: number[] = [];
  for (let row = 0; row < 2; row++) {
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < side; y += 4) for (let x = 0; x < side; x += 4) expected.push(cellMean((v, u) => pixel(row, c, v, u), y, x, 4));
    }
  }
  for (const [x, dims] of [[first, [null, 3, side, side]], [first, [null, 3, null, null]], [last, [null, side, side, 3]], [last, [null, null, null, 3]]] as const) {
    const run = await runFeatures(plan({ inputs: [info('x', 'float32', dims)], maxWidth: FEW }), { x });
    t.ok(run.features.length === expected.length && expected.every((mean, i) => agrees(run.features[i], mean, 1e-5, 1e-6)), JSON.stringify(dims));
  }
  // A share of 40 numbers has no room for three channels: they are averaged, then pooled to 6 x 6 (sides of 16 / 3).
  const gray = floats([2, side, side], Array.from({ length: 2 * side * side }, (_, i) => {
    const [row, rest] = [Math.floor(i / side ** 2), i % side ** 2];
    return [0, 1, 2].reduce((sum, c) => sum + pixel(row, c, Math.floor(rest / side), rest % side), 0) / 3;
  }));
  const averaged = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 3, side, side])], maxWidth: 40 }), { x: first });
  const alone = await runFeatures(plan({ inputs: [info('x', 'float32', [null, side, side])], maxWidth: 40 }), { x: gray });
  t.equal(averaged.layout.width, 36);
  t.ok(averaged.features.every((value, i) => agrees(value, alone.features[i] ?? NaN, 1e-4, 1e-6)));
});

t.test('pooling keeps the mean of a channel, also where the size varies', async () => {
  const side = fc.integer({ min: 5, max: 40 });
  await fc.assert(
    fc.asyncProperty(side, side, fc.infiniteStream(fc.float({ min: -1, max: 1, noNaN: true })), async (height, width, stream) => {
      const pixels = [...stream.take(height * width)];
      const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 1, null, null])], maxWidth: FEW }), { x: floats([1, 1, height, width], pixels) });
      const mean = (values: Iterable<number>, count: number) => [...values].reduce((a, b) => a + b, 0) / count;
      return agrees(mean(run.features, run.features.length), mean(pixels, pixels.length), 1e-4, 1e-5);
    }),
    { numRuns: 25 },
  );
});

t.test('an image of a model without a batch', async (t) => {
  const pixels = Array.from({ length: 784 }, (_, i) => i);
  for (const dims of [[28, 28], [1, 28, 28], [1, 1, 28, 28], [28, 28, 1]]) {
    const run = await runFeatures(plan({ inputs: [info('x', 'float32', dims)], batched: false, maxWidth: FEW }), { x: floats(dims, pixels) });
    t.same([run.features[0], run.features[1], run.features[7]], [43.5, 47.5, 155.5], JSON.stringify(dims));
  }
});
