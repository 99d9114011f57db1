import fc from 'fast-check';
import t from 'tap';
import { countSketch } from '../../src/meta/features/projection.js';
import { createRandom } from '../../src/meta/training/random.js';
import { agrees } from '../support/feature-reference.js';
import { floats, info, plan, runFeatures } from '../support/feature-run.js';

/** Mean, standard deviation, minimum, maximum. */
function statistics(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance), Math.min(...values), Math.max(...values)];
}

/** The sketch by its definition. */
function sketched(values: readonly number[], buckets: number, stream: number): number[] {
  const { order, signs, depth } = countSketch(values.length, buckets, stream);
  return Array.from({ length: buckets }, (_, b) => {
    let total = 0;
    for (let j = b * depth; j < (b + 1) * depth; j++) total += (signs[j] ?? 0) * (values[Number(order[j])] ?? 0);
    return total;
  });
}

const near = (actual: Float32Array, expected: readonly number[]) =>
  actual.length === expected.length && expected.every((value, i) => agrees(actual[i], value, 1e-4, 1e-5));
const noise = (count: number, seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => Math.fround(random.normal()));
};

t.test('every element is in exactly one bucket of the sketch', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 252 }), fc.nat(9), (elements, buckets, stream) => {
      const { order, signs, depth } = countSketch(elements, buckets, stream);
      const used = Array.from(order, Number).filter((_, i) => signs[i] !== 0);
      const even = signs.every((sign) => sign === 0 || Math.abs(Math.abs(sign) * Math.sqrt(depth) - 1) < 1e-6);
      return even && used.length === elements && new Set(used).size === elements && order.length === buckets * depth;
    }),
  );
});

t.test('the sketch is the same every time, and another for each input', async (t) => {
  t.same(countSketch(500, 252, 3), countSketch(500, 252, 3));
  t.notSame(countSketch(500, 252, 3).order, countSketch(500, 252, 4).order);
});

t.test('squared distances keep their order of size', async (t) => {
  // Of 200 pairs the mean ratio of projected to true squared distance; each has a deviation of about sqrt(2 / 64).
  const depth = countSketch(640, 64, 0).depth;
  const ratios = Array.from({ length: 200 }, (_, i) => {
    const difference = noise(640, i);
    const squares = (values: readonly number[]) => values.reduce((a, b) => a + b * b, 0);
    return (squares(sketched(difference, 64, 0)) * depth) / squares(difference);
  });
  t.ok(Math.abs((statistics(ratios)[0] ?? NaN) - 1) < 0.1);
});

t.test('a wide row becomes statistics and a sketch', async (t) => {
  const rows = [noise(300, 1), noise(300, 2)];
  const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 300])] }), { x: floats([2, 300], rows.flat()) });
  t.ok(near(run.features, rows.flatMap((row) => [...statistics(row), ...sketched(row, 252, 0)])));
});

t.test('a small share holds the first statistics', async (t) => {
  const row = noise(30, 3);
  const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 30])], maxWidth: 3 }), { x: floats([1, 30], row) });
  t.ok(near(run.features, statistics(row).slice(0, 3)));
});

t.test('a variable dimension becomes its statistics', async (t) => {
  for (const length of [1, 5, 40]) {
    const row = noise(length, length);
    const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, null])] }), { x: floats([1, length], row) });
    t.ok(near(run.features, statistics(row)), `length ${length}`);
  }
});

t.test('fixed dimensions beside a variable one keep their own statistics', async (t) => {
  const values = noise(6 * 2, 4);
  const columns = [0, 1].map((column) => statistics(values.filter((_, i) => i % 2 === column)));
  const expected = [0, 1, 2, 3].flatMap((statistic) => columns.map((column) => column[statistic] ?? NaN));
  const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, null, 2])], series: 'none' }), { x: floats([1, 6, 2], values) });
  t.ok(near(run.features, expected));
});

t.test('many channels over variable sizes are summarized channel by channel, then sketched', async (t) => {
  const [channels, height, width] = [100, 3, 5];
  const values = noise(channels * height * width, 5);
  const each = Array.from({ length: channels }, (_, c) => statistics(values.slice(c * height * width, (c + 1) * height * width)));
  const pooled = [0, 1, 2, 3].flatMap((statistic) => each.map((channel) => channel[statistic] ?? NaN));
  const run = await runFeatures(plan({ inputs: [info('x', 'float32', [null, channels, null, null])] }), { x: floats([1, channels, height, width], values) });
  t.ok(near(run.features, [...statistics(values), ...sketched(pooled, 252, 0)]));
});

t.test('integers and a model without a batch', async (t) => {
  const row = Array.from({ length: 400 }, (_, i) => i % 17);
  const x = { type: 'int64', dims: [400], data: BigInt64Array.from(row, BigInt) } as const;
  const run = await runFeatures(plan({ inputs: [info('x', 'int64', [400])], batched: false }), { x });
  t.ok(near(run.features, [...statistics(row), ...sketched(row, 252, 0)]));
});
