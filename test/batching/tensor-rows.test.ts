import fc from 'fast-check';
import t from 'tap';
import type { Tensor, TensorMap, TensorType } from '../../src/engine/tensor.js';
import { concatRows, RowShapeError, shapeKey, sliceRows } from '../../src/inference/batching/tensor-rows.js';
import { allocateTensor } from '../../src/inference/codec/tensor-data.js';

const TYPES: readonly TensorType[] = ['float32', 'float64', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool', 'string'];

/** A tensor whose values tell their place: no two rows of a request are alike. */
function numbered(type: TensorType, dims: readonly number[], start: number): Tensor {
  const tensor = allocateTensor(type, dims);
  for (let i = 0; i < tensor.data.length; i++) {
    const value = (start + i) % 100;
    if (tensor.type === 'string') tensor.data[i] = `text ${value}`;
    else if (tensor.type === 'int64' || tensor.type === 'uint64') tensor.data[i] = BigInt(value);
    else tensor.data[i] = value;
  }
  return tensor;
}

const inputs = fc.array(fc.record({ type: fc.constantFrom(...TYPES), shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }) }), { minLength: 1, maxLength: 4 });

t.test('the slices of joined requests are the requests, whatever their types, shapes and sizes', async () => {
  fc.assert(
    fc.property(inputs, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }), (infos, sizes) => {
      const requests = sizes.map((rows, request): TensorMap => Object.fromEntries(infos.map(({ type, shape }, i) => [`t${i}`, numbered(type, [rows, ...shape], request * 17 + i)])));
      const joined = concatRows(requests);
      let from = 0;
      for (const [request, rows] of sizes.entries()) {
        const slice = sliceRows(joined, from, (from += rows));
        for (const [name, tensor] of Object.entries(requests[request] ?? {})) {
          const other = slice[name];
          if (other?.type !== tensor.type || other.dims.join() !== tensor.dims.join() || other.data.join('|') !== tensor.data.join('|')) return false;
        }
      }
      return Object.values(joined).every((tensor) => tensor.dims[0] === from);
    }),
    { numRuns: 300 },
  );
});

t.test('rows of different shapes or types are not joined', async (t) => {
  const one = (type: TensorType, dims: number[]): TensorMap => ({ x: numbered(type, dims, 0) });
  t.throws(() => concatRows([one('float32', [1, 2]), one('float32', [1, 3])]), RowShapeError);
  t.throws(() => concatRows([one('float32', [1, 2]), one('float32', [1, 2, 1])]), RowShapeError);
  t.throws(() => concatRows([one('float32', [1, 2]), one('int32', [1, 2])]), RowShapeError);
  t.throws(() => concatRows([one('float32', [1, 2]), {}]), RowShapeError);
});

t.test('the shape key tells row shapes apart, not numbers of rows, nor the order of the tensors', async (t) => {
  const key = (...shapes: (number[] | null)[]): string => {
    const tensors = shapes.flatMap((dims, i) => (dims === null ? [] : [[`t${i}`, numbered('float32', dims, 0)] as const]));
    const names = shapes.map((_, i) => `t${i}`);
    t.equal(shapeKey(names, Object.fromEntries(tensors.toReversed())), shapeKey(names, Object.fromEntries(tensors)));
    return shapeKey(names, Object.fromEntries(tensors));
  };
  t.equal(key([1, 2], [1]), key([5, 2], [5]));
  t.not(key([1, 2], [1]), key([1], [1, 2]));
  t.not(key([1, 12]), key([1, 1, 2]));
  t.not(key([1], [1]), key([1], null));
  t.not(key([1], null), key(null, [1]));
});

t.test('a slice of numbers is a view, so splitting a batch copies nothing', async (t) => {
  const tensor = numbered('float32', [4, 2], 0);
  const view = sliceRows({ x: tensor }, 1, 3)['x'];
  t.equal((view?.data as Float32Array).buffer, (tensor.data as Float32Array).buffer);
});
