import fc from 'fast-check';
import t from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { FEATURE_LIMIT } from '../../src/meta/features/finite.js';
import { agrees } from '../support/feature-reference.js';
import { floats, info, plan, runFeatures } from '../support/feature-run.js';

t.test('every numeric type is taken as it is', async (t) => {
  const tensors: Tensor[] = [
    floats([2, 2], [1, 2, 3, 4]),
    { type: 'float64', dims: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
    { type: 'float16', dims: [2, 2], data: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400) },
    { type: 'int8', dims: [2, 2], data: Int8Array.of(1, 2, 3, 4) },
    { type: 'uint8', dims: [2, 2], data: Uint8Array.of(1, 2, 3, 4) },
    { type: 'int16', dims: [2, 2], data: Int16Array.of(1, 2, 3, 4) },
    { type: 'uint16', dims: [2, 2], data: Uint16Array.of(1, 2, 3, 4) },
    { type: 'int32', dims: [2, 2], data: Int32Array.of(1, 2, 3, 4) },
    { type: 'uint32', dims: [2, 2], data: Uint32Array.of(1, 2, 3, 4) },
    { type: 'int64', dims: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) },
    { type: 'uint64', dims: [2, 2], data: BigUint64Array.of(1n, 2n, 3n, 4n) },
  ];
  for (const tensor of tensors) {
    const run = await runFeatures(plan({ inputs: [info('x', tensor.type, [null, 2])] }), { x: tensor });
    t.same([...run.features], [1, 2, 3, 4], tensor.type);
  }
  const flags: Tensor = { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) };
  t.same([...(await runFeatures(plan({ inputs: [info('x', 'bool', [null])] }), { x: flags })).features], [1, 0, 1]);
});

t.test('columns and outputs stand side by side, before the behaviour', async (t) => {
  const inputs = [info('a', 'float32', [null, 1]), info('b', 'int64', [null]), info('m', 'float32', [null, 2, 2])];
  const source = { output: info('p', 'float32', [null, 2]), kind: 'probabilities' } as const;
  const wanted = plan({ inputs, outputs: [info('y', 'float64', [null, 1])], source, classes: 2 });
  const run = await runFeatures(wanted, {
    a: floats([2, 1], [10, 20]),
    b: { type: 'int64', dims: [2], data: BigInt64Array.of(-3n, 7n) },
    m: floats([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
    y: { type: 'float64', dims: [2, 1], data: Float64Array.of(0.5, 0.25) },
    p: floats([2, 2], [0.5, 0.5, 0.25, 0.75]),
  });
  const logs = [0.5, 0.5, 0.25, 0.75].map((p) => Math.fround(Math.log(p)));
  t.same([...run.features], [10, -3, 1, 2, 3, 4, 0.5, ...logs.slice(0, 2), 20, 7, 5, 6, 7, 8, 0.25, ...logs.slice(2)]);
});

t.test('a model without a batch gives one row', async (t) => {
  for (const dims of [[4], [1, 4], [2, 2], [1]]) {
    const values = [1, 2, 3, 4].slice(0, dims.reduce((a, b) => a * b, 1));
    const run = await runFeatures(plan({ inputs: [info('x', 'float32', dims)], batched: false }), { x: floats(dims, values) });
    t.same([...run.features], values);
  }
  const scalar = await runFeatures(plan({ inputs: [info('x', 'float32', [])], batched: false }), { x: floats([], [5]) });
  t.same([...scalar.features], [5]);
});

const awkward = fc.oneof(fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, 1e12, 0));

t.test('features are finite whatever comes in', async () => {
  const shapes = [[20], [300], [1, 17, 19], [20, 20, 3], [64, 5]];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...shapes), fc.boolean(), fc.infiniteStream(awkward), async (shape, variable, stream) => {
      const elements = shape.reduce((a, b) => a * b, 2);
      const dims = [null, ...shape.map((dim, axis) => (variable && axis === 1 ? null : dim))];
      const run = await runFeatures(plan({ inputs: [info('x', 'float32', dims)] }), { x: floats([2, ...shape], [...stream.take(elements)]) });
      return run.features.length === 2 * run.layout.width && run.features.every((value) => Number.isFinite(value) && Math.abs(value) <= FEATURE_LIMIT);
    }),
    { numRuns: 30 },
  );
});

t.test('missing values become 0, infinities the limit', async (t) => {
  const run = await runFeatures(plan({ inputs: [info('x', 'float64', [null, 4])] }), {
    x: { type: 'float64', dims: [1, 4], data: Float64Array.of(NaN, Infinity, -1e300, 1.5) },
  });
  t.ok([0, FEATURE_LIMIT, -FEATURE_LIMIT, 1.5].every((value, i) => agrees(run.features[i], value, 1e-6)));
});

t.test('rows of known shape may come in any form', async (t) => {
  const row = (dims: readonly number[], values: readonly number[]) => runFeatures(plan({ outputs: [info('y', 'float32', [null, 2])] }), { y: floats(dims, values) });
  for (const dims of [[2, 2], [1, 4], [4], [2, 2, 1, 1]]) t.same([...(await row(dims, [1, 2, 3, 4])).features], [1, 2, 3, 4], `[${dims.join()}]`);
  t.same([...(await row([2], [1, 2])).features], [1, 2], 'one row without a dimension for it');
  const single = (dims: readonly number[], values: readonly number[]) => runFeatures(plan({ outputs: [info('y', 'float32', [null])] }), { y: floats(dims, values) });
  t.same([...(await single([1, 3], [1, 2, 3])).features], [1, 2, 3], 'rows along dimension 1');
  t.same([...(await single([], [7])).features], [7]);
});

t.test('dimensions that vary may be empty', async (t) => {
  const run = await runFeatures(plan({ inputs: [info('past', 'float32', [null, null, 2])], series: 'none' }), { past: floats([2, 0, 2], []) });
  t.same([...run.features], new Array(16).fill(0));
});

t.test('rows without any number have a constant 0', async (t) => {
  const nothing = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 0])] }), { x: floats([3, 0], []) });
  t.same([nothing.layout.width, nothing.layout.inputWidth, [...nothing.features]], [1, 1, [0, 0, 0]]);
  const texts: Tensor = { type: 'string', dims: [2, 1], data: ['a', 'b'] };
  t.same([...(await runFeatures(plan({ outputs: [info('y', 'string', [null, 1])] }), { y: texts })).features], [0, 0]);
  t.same([...(await runFeatures(plan({ batched: false }), {})).features], [0], 'a model without inputs');
  const beside = await runFeatures(plan({ inputs: [info('x', 'float32', [null, 0]), info('z', 'float32', [null, 1])] }), { x: floats([1, 0], []), z: floats([1, 1], [4]) });
  t.same([...beside.features], [4], 'not beside others');
});
