import fc from 'fast-check';
import t from 'tap';
import { createRandom, xoshiro128 } from '../../src/meta/training/random.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

t.test('xoshiro128** gives the numbers of its reference implementation', async (t) => {
  const next = xoshiro128([0, 1, 2, 3]);
  const expected = [5760, 17280, 2966400, 32451840, 2604340873, 3891234569, 1254043636, 216095511, 3291724652, 2070429911];
  t.strictSame(expected.map(() => next()), expected);
});

t.test('the same seed and stream give the same numbers, any other seed or stream gives others', async (t) => {
  const draw = (seed: number, stream: number): number[] => {
    const random = createRandom(seed, stream);
    return Array.from({ length: 4 }, () => random.int(2 ** 32));
  };
  fc.assert(
    fc.property(seeds, fc.nat({ max: 1e6 }), (seed, stream) => {
      const numbers = draw(seed, stream);
      t.strictSame(draw(seed, stream), numbers);
      t.strictNotSame(draw(seed, stream + 1), numbers);
      t.strictNotSame(draw(seed === 0 ? 2 ** 40 : seed - 1, stream), numbers);
    }),
    { numRuns: 50 },
  );
  t.strictNotSame(draw(5, 0), draw(5 + 2 ** 32, 0), 'the upper half of the seed counts');
});

t.test('int is uniform over its range and refuses a bound outside of 1 to 2^32', async (t) => {
  const random = createRandom(3);
  const draws = 60_000;
  const counts = new Array<number>(6).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    const value = random.int(6);
    counts[value] = (counts[value] ?? NaN) + 1;
  }
  const expected = draws / 6;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  t.ok(chiSquare < 20.5, `chi-square of 5 degrees ${chiSquare} is under its 0.999 quantile`);
  t.equal(random.int(1), 0);
  for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) t.throws(() => random.int(bound), RangeError);
});

t.test('normal has the moments and the tail of a standard normal', async (t) => {
  const random = createRandom(4);
  const draws = 100_000;
  const moments = [0, 0, 0, 0];
  let beyondTwo = 0;
  for (let draw = 0; draw < draws; draw++) {
    const value = random.normal();
    for (let power = 0; power < 4; power++) moments[power] = (moments[power] ?? NaN) + value ** (power + 1) / draws;
    if (Math.abs(value) > 2) beyondTwo++;
  }
  // Four standard errors each.
  for (const [power, [expected, error]] of [[0, 0.013], [1, 0.018], [0, 0.05], [3, 0.125]].entries()) {
    t.ok(Math.abs((moments[power] ?? NaN) - (expected ?? NaN)) < (error ?? NaN), `moment ${power + 1} is ${moments[power]}`);
  }
  t.ok(Math.abs(beyondTwo / draws - 0.0455) < 0.003, `${beyondTwo} draws beyond 2`);
});

t.test('shuffle keeps the values and reaches every order equally often', async (t) => {
  fc.assert(
    fc.property(seeds, fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 40 }), (seed, values) => {
      const shuffled = Int32Array.from(values);
      createRandom(seed).shuffle(shuffled);
      t.strictSame([...shuffled].sort(), [...Int32Array.from(values)].sort());
    }),
    { numRuns: 50 },
  );
  const random = createRandom(6);
  const orders = new Map<string, number>();
  for (let draw = 0; draw < 12_000; draw++) {
    const values = Int32Array.of(1, 2, 3);
    random.shuffle(values);
    orders.set(values.join(), (orders.get(values.join()) ?? 0) + 1);
  }
  t.equal(orders.size, 6);
  for (const [order, count] of orders) t.ok(Math.abs(count - 2000) < 165, `${order}: ${count} of 2000`);
});

t.test('a seed must be a whole number', async (t) => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) t.throws(() => createRandom(seed), RangeError);
});
