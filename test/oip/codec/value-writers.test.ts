import t from 'tap';
import { allocateTensor } from '../../../src/inference/codec/tensor-data.js';
import { valueWriter } from '../../../src/inference/codec/value-writers.js';
import { parseLenientJson } from '../../../src/inference/oip/lenient-json.js';
import { OIP_NOTATION } from '../../../src/inference/oip/number-literals.js';
import type { TensorType } from '../../../src/engine/tensor.js';

const written = (type: TensorType, value: unknown, notation = OIP_NOTATION) => {
  const tensor = allocateTensor(type, [1]);
  return valueWriter(tensor, notation)([value], 0) === -1 ? tensor.data[0] : 'refused';
};
const plain = (type: TensorType, value: unknown) => {
  const tensor = allocateTensor(type, [1]);
  return valueWriter(tensor)([value], 0) === -1 ? tensor.data[0] : 'refused';
};
const literal = (text: string) => (parseLenientJson(Buffer.from(`[${text}]`), true) as unknown[])[0];

t.test('texts that the engine would cut or change are refused in every notation', async (t) => {
  for (const write of [plain, written]) {
    t.same(write('string', 'é😀\uFFFD'), 'é😀\uFFFD');
    for (const text of ['\0', 'a\0b', '\ud800', 'a\udc00', '\ude00\ud83d']) t.equal(write('string', text), 'refused');
  }
});

t.test('each notation has its own words', async (t) => {
  const cases: [TensorType, unknown, unknown, unknown][] = [
    ['int64', '9007199254740993', 9007199254740993n, 'refused'],
    ['int64', literal('9007199254740993'), 'refused', 9007199254740993n],
    ['uint64', literal('18446744073709551616'), 'refused', 'refused'],
    ['float32', literal('NaN'), 'refused', NaN],
    ['float64', literal('-Infinity'), 'refused', -Infinity],
    ['float64', null, 'refused', NaN],
    ['float32', literal('340282366920938463463374607431768211456'), 'refused', 'refused'],
    ['float32', literal('1234567890123456789'), 'refused', Math.fround(1234567890123456789)],
    ['bool', 1, 'refused', 1],
    ['bool', 2, 'refused', 'refused'],
    ['int32', null, 'refused', 'refused'],
    ['string', literal('NaN'), literal('NaN'), 'refused'],
  ];
  for (const [type, value, inPlain, inOip] of cases) t.same([plain(type, value), written(type, value)], [inPlain, inOip], `${type} ${String(value)}`);
});
