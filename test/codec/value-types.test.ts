import fc from 'fast-check';
import t from 'tap';
import type { TensorType } from '../../src/engine/tensor.js';
import { decodePredictBody } from '../../src/inference/codec/json-request.js';
import { decode, info, modelOf, refusalOf } from '../support/predict-codec.js';

const column = (type: TensorType) => [info('x', type, [null])];
const read = (type: TensorType, values: unknown[]) => decode(column(type), { instances: values }).inputs['x']?.data;

t.test('values that fit', async (t) => {
  t.same(read('float32', [0.5, -3, 3e38]), Float32Array.of(0.5, -3, 3e38));
  t.same(read('float64', [1e308, -0.1]), Float64Array.of(1e308, -0.1));
  t.same(read('float16', [1, -2, 65504, 65519]), Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x7bff));
  t.same(read('bool', [true, false]), Uint8Array.of(1, 0));
  t.same(read('string', ['', 'ü']), ['', 'ü']);
  t.same(read('uint64', [0, '18446744073709551615']), BigUint64Array.of(0n, 2n ** 64n - 1n));
  t.same(read('int64', ['-9223372036854775808', '9223372036854775807', -1, 4294967296]), BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, -1n, 4294967296n));
});

t.test('values that do not: nothing is coerced', async (t) => {
  const refused: [TensorType, unknown[]][] = [
    ['float32', ['1', null, true, 3.5e38, {}, []]],
    ['float64', ['1', null, false]],
    ['float16', [65520, -65520, '1', null]],
    ['int8', [128, -129, 1.5, '1', true, null]],
    ['uint8', [256, -1]],
    ['int16', [32768]],
    ['uint16', [65536]],
    ['int32', [2147483648, 0.1]],
    ['uint32', [4294967296, -1]],
    ['int64', [9007199254740992, 1.5, '9223372036854775808', '1e3', ' 1', '0x10', '', true]],
    ['uint64', [-1, '-1', '18446744073709551616']],
    ['bool', [0, 1, 'true', null]],
    ['string', [1, null, true]],
  ];
  for (const [type, values] of refused) {
    for (const value of values) t.match(refusalOf(column(type), { instances: [value] }), { code: 'INVALID_INPUT', field: 'instances[0]' }, `${type} ${JSON.stringify(value)}`);
  }
});

t.test('a number that JSON cannot keep finite is refused', async (t) => {
  t.match(refusalOf(column('string'), { instances: [1e300] }), { field: 'instances[0]' });
  t.throws(() => decodePredictBody(JSON.parse('{"instances":[1e999]}'), modelOf(column('float64'))), { code: 'INVALID_INPUT' });
});

t.test('64-bit integers are exact, as numbers and as text', async () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.maxSafeInteger(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)), { minLength: 1 }), (values) => {
      const data = read('int64', values.map((value) => (typeof value === 'bigint' ? value.toString() : value)));
      const expected = values.map(BigInt);
      return data?.length === expected.length && expected.every((value, i) => data[i] === value);
    }),
    { numRuns: 200 },
  );
});

t.test('a thousand images decode in milliseconds', async (t) => {
  const instances = Array.from({ length: 1000 }, (_, row) => Array.from({ length: 784 }, (_, i) => (row * i) % 256));
  const model = modelOf([info('x', 'float32', [null, 784])]);
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    decodePredictBody({ instances }, model);
    return performance.now() - started;
  });
  const best = Math.min(...times);
  t.comment(`best of 7: ${best.toFixed(2)} ms`);
  t.ok(best < 40, `took ${best} ms`);
});
