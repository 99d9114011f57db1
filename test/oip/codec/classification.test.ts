import fc from 'fast-check';
import t from 'tap';
import type { Tensor } from '../../../src/engine/tensor.js';
import { classify } from '../../../src/inference/oip/classification.js';
import { fixedNotation } from '../../../src/inference/oip/fixed-notation.js';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { info, oipModel } from '../../support/oip-models.js';
import { binaryOutput, replyJson, replyOf, tensor } from '../../support/oip-replies.js';

const texts = (value: Tensor) => (value.type === 'string' ? value.data : []);

t.test('what C writes for %f', async (t) => {
  const known: [number, string][] = [
    [0, '0.000000'],
    [-0, '-0.000000'],
    [1, '1.000000'],
    [0.1, '0.100000'],
    [-2.5, '-2.500000'],
    [1e-7, '0.000000'],
    [-1e-7, '-0.000000'],
    [0.0078125, '0.007812'],
    [0.0234375, '0.023438'],
    [1e21, '1000000000000000000000.000000'],
    [3.4028234663852886e38, '340282346638528859811704183484516925440.000000'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ];
  for (const [value, expected] of known) t.equal(fixedNotation(value), expected, String(value));
});

/** Six decimals by exact integer arithmetic: a double is an integer over a power of two. */
function exactNotation(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const fraction = word & (2n ** 52n - 1n);
  const mantissa = exponent === 0 ? fraction : fraction + 2n ** 52n;
  const shift = Math.max(exponent, 1) - 1075;
  const scaled = mantissa * 1_000_000n;
  const divisor = shift < 0 ? 2n ** BigInt(-shift) : 1n;
  const numerator = shift < 0 ? scaled : scaled * 2n ** BigInt(shift);
  let units = numerator / divisor;
  const rest = 2n * (numerator % divisor);
  if (rest > divisor || (rest === divisor && units % 2n === 1n)) units++;
  const digits = String(units).padStart(7, '0');
  return `${word >> 63n === 1n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

t.test('%f is exact, ties to even', async () => {
  const values = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer().map((n) => n / 128), fc.double({ min: -2, max: 2, noNaN: true }));
  fc.assert(fc.property(values, (value) => fixedNotation(value) === exactNotation(value)), { numRuns: 3000 });
});

t.test('the largest values, descending, ties by index', async (t) => {
  const scores = tensor('float32', [2, 3], Float32Array.of(0.25, 0.5, 0.25, -1, 2, 2)) as Parameters<typeof classify>[0];
  t.same(classify(scores, 2, 2, null), { type: 'string', dims: [2, 2], data: ['0.500000:1', '0.250000:0', '2.000000:1', '2.000000:2'] });
  t.same(classify(scores, 2, 1, ['cat', 'dog', 'a:b']), { type: 'string', dims: [2, 1], data: ['0.500000:1:dog', '2.000000:1:dog'] });
  t.same(texts(classify(scores, 2, 1, ['cat', 'dog'])), ['0.500000:1', '2.000000:1'], 'labels that do not fit are left out');
  t.same(classify(scores, 2, 9, null).dims, [2, 3], 'no more than there are');
  t.same(classify(scores, null, 2, null), { type: 'string', dims: [2], data: ['2.000000:4', '2.000000:5'] }, 'without a batch');
  t.same(texts(classify(tensor('float64', [1, 4], Float64Array.of(NaN, -Infinity, 3, Infinity)) as never, 1, 4, null)), ['inf:3', '3.000000:2', 'nan:0', '-inf:1']);
  t.same(texts(classify(tensor('int64', [1, 3], BigInt64Array.of(9007199254740992n, 9007199254740993n, -1n)) as never, 1, 3, null)), ['9007199254740993:1', '9007199254740992:0', '-1:2']);
  t.same(texts(classify(tensor('float16', [1, 3], Uint16Array.of(0x3c00, 0xc000, 0x3555)) as never, 1, 3, null)), ['1.000000:0', '0.333252:2', '-2.000000:1']);
  t.same(texts(classify(tensor('uint8', [1, 2], Uint8Array.of(7, 255)) as never, 1, 1, null)), ['255:1']);
  t.same(classify(tensor('float32', [2, 0], new Float32Array(0)) as never, 2, 3, null), { type: 'string', dims: [2, 0], data: [] });
});

t.test('as a plain sort says', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 14 }), (values, count) => {
      const order = values.map((value, index) => ({ value, index })).sort((left, right) => right.value - left.value || left.index - right.index);
      const expected = order.slice(0, count).map(({ value, index }) => `${value}:${index}`);
      return texts(classify(tensor('int32', [1, values.length], Int32Array.from(values)) as never, 1, count, null)).join() === expected.join();
    }),
    { numRuns: 1000 },
  );
});

t.test('asked for in a request', async (t) => {
  const model = oipModel({
    inputs: [info('x', 'float32', [null])],
    outputs: [info('probabilities', 'float32', [null, 2]), info('other', 'float16', [null, 2])],
    config: { task: 'classification', output: 'probabilities', scores: 'probabilities', labels: ['no', 'yes'] },
  });
  const ask = (parameters: object, other: object) => {
    const request = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }], outputs: [{ name: 'probabilities', parameters }, { name: 'other', parameters: other }] };
    const exchange = createInferExchange(Buffer.from(JSON.stringify(request)), null);
    exchange.read(model);
    return exchange.write(replyOf(model, 2, { probabilities: tensor('float32', [2, 2], Float32Array.of(0.25, 0.75, 1, 0)), other: tensor('float16', [2, 2], Uint16Array.of(0, 0x3c00, 0, 0)) }));
  };
  t.same(replyJson(ask({ classification: 1 }, { classification: 2 })).outputs, [
    { name: 'probabilities', datatype: 'BYTES', shape: [2, 1], data: ['0.750000:1:yes', '1.000000:0:no'] },
    { name: 'other', datatype: 'BYTES', shape: [2, 2], data: ['1.000000:1', '0.000000:0', '0.000000:0', '0.000000:1'] },
  ]);
  const binary = ask({ classification: 5, binary_data: true }, { binary_data: true });
  t.same(binaryOutput(binary, 'probabilities', 'string'), ['0.750000:1:yes', '0.250000:0:no', '1.000000:0:no', '0.000000:1:yes']);
  t.same(replyJson(ask({ classification: 0 }, { classification: 1 })).outputs[0]?.datatype, 'FP32', '0 asks for none');
});
