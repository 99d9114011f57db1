import fc from 'fast-check';
import t from 'tap';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { parseLenientJson } from '../../../src/inference/oip/lenient-json.js';
import { plainValue } from '../../../src/inference/oip/number-literals.js';
import { info, oipModel } from '../../support/oip-models.js';
import { readJson, refusalOf } from '../../support/oip-wire.js';
import type { TensorType } from '../../../src/engine/tensor.js';

const column = (type: TensorType) => oipModel({ inputs: [info('x', type, [null])] });
const data = (type: TensorType, json: string, count = 1) => {
  const datatype = { float32: 'FP32', float64: 'FP64', int64: 'INT64', uint64: 'UINT64', int32: 'INT32', bool: 'BOOL', string: 'BYTES' }[type as 'float32'];
  return readJson(column(type), `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[${count}],"data":[${json}]}]}`).inputs['x']?.data;
};

t.test('NaN and infinities by name, null for NaN', async (t) => {
  t.same(data('float32', 'NaN, Infinity, -Infinity, 1.5', 4), Float32Array.of(NaN, Infinity, -Infinity, 1.5));
  t.same(data('float64', '-Infinity , NaN', 2), Float64Array.of(-Infinity, NaN));
  t.same(data('float32', 'null, 2', 2), Float32Array.of(NaN, 2));
  const nested = readJson(oipModel({ inputs: [info('x', 'float64', [null, 2])] }), '{"inputs":[{"name":"x","datatype":"FP64","shape":[2,2],"data":[[NaN,1],[-Infinity,null]]}]}');
  t.same(nested.inputs['x']?.data, Float64Array.of(NaN, 1, -Infinity, NaN));
});

t.test('integers beyond 2^53 are exact', async (t) => {
  t.same(data('int64', '9007199254740993, -9223372036854775808, 9223372036854775807, 7', 4), BigInt64Array.of(9007199254740993n, -(2n ** 63n), 2n ** 63n - 1n, 7n));
  t.same(data('uint64', '18446744073709551615', 1), BigUint64Array.of(2n ** 64n - 1n));
  t.same(data('float64', '12345678901234567890', 1), Float64Array.of(12345678901234567890), 'as a float it is the nearest');
  const mixed = oipModel({ inputs: [info('i', 'int64', [null]), info('f', 'float64', [null]), info('s', 'string', [null])] });
  const request = readJson(
    mixed,
    '{"inputs":[{"name":"i","datatype":"INT64","shape":[1],"data":[9007199254740993]},{"name":"f","datatype":"FP64","shape":[1],"data":[0.12345678901234567]},' +
      '{"name":"s","datatype":"BYTES","shape":[1],"data":["9007199254740993 \\\\\\" NaN, 12345678901234567"]}]}',
  );
  t.same(request.inputs['i']?.data, BigInt64Array.of(9007199254740993n));
  t.same(request.inputs['f']?.data, Float64Array.of(0.12345678901234567));
  t.same(request.inputs['s']?.data, ['9007199254740993 \\" NaN, 12345678901234567'], 'texts stay as they are');
});

t.test('numbers that no type holds are refused as they were written', async (t) => {
  const refused: [TensorType, string, RegExp][] = [
    ['int64', '9223372036854775808', /data\[0\]: expected an integer from -2\^63 to 2\^63 - 1, got 9223372036854775808$/],
    ['uint64', '-12345678901234567', /got -12345678901234567$/],
    ['int64', '1e300', /data\[0\]/],
    ['int64', 'NaN', /got NaN$/],
    ['int64', '"12"', /got "12"$/],
    ['int64', '1.5', /got 1.5$/],
    ['int32', 'NaN', /got NaN$/],
    ['int32', 'null', /got null$/],
    ['float64', '1e999', /expected a number/],
    ['float64', `1${'0'.repeat(400)}`, /got Infinity$/],
    ['float32', '1e39', /range of float32/],
    ['float32', '"NaN"', /got "NaN"$/],
    ['bool', 'NaN', /got NaN$/],
    ['bool', '2', /true, false, 1 or 0, got 2$/],
    ['string', 'NaN', /got NaN$/],
    ['string', '5', /got 5$/],
    ['string', '"a\\u0000b"', /U\+0000/],
    ['string', '"\\ud800"', /string of Unicode/],
  ];
  for (const [type, json, message] of refused) {
    const error = refusalOf(() => data(type, json));
    t.match(error, { code: 'INVALID_INPUT', field: 'inputs[0].data[0]', message }, `${type} ${json.slice(0, 30)}`);
    t.match(error.message, /^input "x": /);
  }
  t.same(data('bool', 'true, 0, 1, false', 4), Uint8Array.of(1, 0, 1, 0));
});

t.test('a literal is a value outside of strings, and nothing else', async (t) => {
  const read = (text: string, exact = true) => parseLenientJson(Buffer.from(text), exact);
  const plain = (text: string, exact = true) => JSON.stringify(read(text, exact), (_key, value: unknown) => {
    const number = plainValue(value);
    return typeof number === 'number' && !Number.isFinite(number) ? String(number) : number;
  });
  t.equal(plain('{"NaN":NaN,"a\\"NaN":"NaN","b":[-Infinity,"\\\\",Infinity]}'), '{"NaN":"NaN","a\\"NaN":"NaN","b":["-Infinity","\\\\","Infinity"]}');
  t.equal(plain('[1.1234567890123456789, 1e-12345678901234567, 12345678901234567]'), '[1.1234567890123457,0,12345678901234568]');
  for (const text of ['{NaN:1}', '[-NaN]', '[NaNa]', '[aNaN]', '[NaN.5]', '[1NaN]', '{12345678901234567:1}', '[01234567890123456789]', '[12345678901234567 8]', '["NaN]', '"', '[NaN', '', '[+Infinity]', '[nan]']) {
    for (const exact of [true, false]) {
      const error = refusalOf(() => read(text, exact));
      t.equal(error.code, 'INVALID_JSON', text);
    }
  }
  t.match(refusalOf(() => read('[NaN,')).message, /cannot be parsed/);
  t.equal(plain('\ufeff[1]'), '[1]', 'a byte order mark is skipped');
  t.match(refusalOf(() => parseLenientJson(Buffer.from([0x22, 0xff, 0x22]), false)), { code: 'INVALID_JSON', message: /UTF-8/ });
});

t.test('text without literals means what JSON.parse says', async () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.boolean(), (text, exact) => JSON.stringify(parseLenientJson(Buffer.from(text), exact), (_key, value) => plainValue(value)) === JSON.stringify(JSON.parse(text))),
    { numRuns: 500 },
  );
});

t.test('a caller cannot write the mark of a literal: it is new in every process', async (t) => {
  const marked = parseLenientJson(Buffer.from('[NaN]'), false) as string[];
  t.match(marked[0], /^[\w-]{12}:NaN$/);
  t.not(marked[0]?.slice(0, 12), 'AAAAAAAAAAAA');
  const error = refusalOf(() => parseLenientJson(Buffer.from('[NaN,}'), false));
  t.notOk(error.message.includes((marked[0] ?? '').slice(0, 12)), 'and no message shows it');
});

t.test('nesting and numbers of arrays are bounded before anything is parsed', async (t) => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  for (const depth of [1000, 100_000, 30_000_000]) {
    const started = performance.now();
    const error = refusalOf(() => readJson(column('float32'), deep(depth)));
    t.match(error.code, depth > 16_384 ? 'INVALID_JSON' : 'INVALID_REQUEST', `${depth} deep`);
    t.ok(performance.now() - started < 5000, 'without parsing it');
  }
  t.match(refusalOf(() => readJson(column('float32'), `[${'[],'.repeat(5_000_000)}[]]`)), { code: 'INVALID_JSON', message: /more than 4194304/ });
  const brackets = '['.repeat(100_000);
  t.equal(data('string', JSON.stringify(brackets))?.[0], brackets, 'brackets in a string are text');
  t.match(refusalOf(() => readJson(column('float32'), `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":${deep(10_000)}}]}`)), { code: 'INVALID_INPUT', message: /got an array of 1/ });
});

t.test('names of prototypes are no fields', async (t) => {
  const model = column('float32');
  const input = '{"name":"x","datatype":"FP32","shape":[1],"data":[1]}';
  for (const body of [`{"__proto__":{"inputs":[${input}]}}`, `{"inputs":[${input}],"__proto__":{}}`, `{"inputs":[{"__proto__":{"shape":[1]},"name":"x","datatype":"FP32","data":[1]}]}`, `{"inputs":[${input}],"parameters":{"__proto__":{"binary_data_output":true}}}`]) {
    t.match(refusalOf(() => readJson(model, body)).message, /__proto__: this is no name of a field/);
  }
  t.equal(readJson(model, `{"inputs":[${input}],"constructor":{"prototype":{"polluted":1}},"toString":1}`).rows, 1);
  t.notOk('polluted' in {});
});

t.test('a number as id keeps its digits', async (t) => {
  const exchange = createInferExchange(Buffer.from('{"id":12345678901234567890,"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}'), null);
  t.same(exchange.read(column('float32')).callerIds, { request: '12345678901234567890' });
});
