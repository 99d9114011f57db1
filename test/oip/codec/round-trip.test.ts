import fc from 'fast-check';
import t from 'tap';
import type { TensorType } from '../../../src/engine/tensor.js';
import { decodeFloat16 } from '../../../src/inference/codec/float16.js';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { info, oipModel } from '../../support/oip-models.js';
import { binaryOf, bodyOf, jsonOf, nestedJson, TYPES, WIRE } from '../../support/oip-wire.js';
import type { Plain } from '../../support/oip-wire.js';

const TEXT = fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\0'));
const VALUES: Readonly<Record<TensorType, fc.Arbitrary<Plain>>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-9n, 9n), fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n))),
  uint8: fc.integer({ min: 0, max: 255 }),
  uint16: fc.integer({ min: 0, max: 65535 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint64: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 9n)),
  float16: fc.integer({ min: 0, max: 65535 }),
  float32: fc.float(),
  float64: fc.double(),
  string: TEXT,
};

type Form = 'binary' | 'flat' | 'nested';
interface Sent {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly open: readonly boolean[];
  readonly form: Form;
  readonly values: readonly Plain[];
}

/** One input of a request with the given number of rows. */
const sent = (rows: number) =>
  fc
    .record({
      name: fc.oneof(fc.constantFrom('x', '__proto__', 'constructor', 'a "b"'), TEXT),
      type: fc.constantFrom(...TYPES),
      inner: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      open: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
      form: fc.constantFrom<Form[]>('binary', 'flat', 'nested'),
    })
    .chain(({ type, inner, form, ...others }) => {
      const shape = [rows, ...inner];
      const length = shape.reduce((product, dim) => product * dim, 1);
      const values = fc.array(VALUES[type], { minLength: length, maxLength: length });
      // FP16 has no JSON form.
      return values.map((list): Sent => ({ ...others, type, shape, form: type === 'float16' ? 'binary' : form, values: list }));
    });

const request = fc.integer({ min: 1, max: 3 }).chain((rows) => fc.uniqueArray(sent(rows), { selector: ({ name }) => name, minLength: 1, maxLength: 4 }));

function wireInput({ name, type, shape, form, values }: Sent): string {
  const head = `"name": ${JSON.stringify(name)}, "datatype": "${WIRE[type].datatype}", "shape": [${shape.join(', ')}]`;
  if (form === 'binary') return `{${head}, "parameters": {"binary_data_size": ${binaryOf(type, values).length}}}`;
  return `{${head}, "data": ${form === 'flat' ? `[${values.map(jsonOf).join(', ')}]` : nestedJson(values, shape)}}`;
}

/** The value as it stands in a decoded tensor. */
function held(type: TensorType, value: Plain): Plain {
  if (type === 'bool') return value === true ? 1 : 0;
  return value;
}

t.test('what an independent writer encodes is decoded: every datatype, any split between JSON and binary', async () => {
  fc.assert(
    fc.property(request, fc.boolean(), (inputs, reversed) => {
      const model = oipModel({ inputs: inputs.map(({ name, type, shape, open }) => info(name, type, [null, ...shape.slice(1).map((dim, level) => (open[level] === true ? null : dim))])) });
      const order = reversed ? inputs.slice().reverse() : inputs;
      const binary = order.filter(({ form }) => form === 'binary').map(({ type, values }) => binaryOf(type, values));
      const { body, headerLength } = bodyOf(`{"inputs": [${order.map(wireInput).join(', ')}]}`, ...binary);
      const decoded = createInferExchange(body, binary.length === 0 && reversed ? null : headerLength).read(model);
      if (Object.keys(decoded.inputs).join() !== inputs.map(({ name }) => name).join() && !inputs.some(({ name }) => /^\d+$/.test(name))) return false;
      return inputs.every(({ name, type, shape, values }) => {
        const tensor = decoded.inputs[name];
        const data: readonly unknown[] = Array.from<unknown>(tensor?.data ?? []);
        return tensor?.type === type && tensor.dims.join() === shape.join() && data.length === values.length && values.every((value, i) => Object.is(data[i], held(type, value)));
      });
    }),
    { numRuns: 2000 },
  );
});

/** The value as it stands in a row's text. */
function shown(type: TensorType, value: Plain): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const number = type === 'float16' ? decodeFloat16(Number(value)) : value;
  return typeof number === 'number' && !Number.isFinite(number) ? null : number;
}

function nested(values: readonly unknown[], shape: readonly number[]): unknown {
  const [length, ...inner] = shape;
  if (length === undefined) return values[0];
  const size = values.length / length || 0;
  return Array.from({ length }, (_, i) => nested(values.slice(i * size, (i + 1) * size), inner));
}

t.test('the text of a row is the instance of its values', async () => {
  fc.assert(
    fc.property(request, (inputs) => {
      const model = oipModel({ inputs: inputs.map(({ name, type, shape }) => info(name, type, [null, ...shape.slice(1)])) });
      const { body, headerLength } = bodyOf(`{"inputs": [${inputs.map((input) => wireInput({ ...input, form: 'binary' })).join()}]}`, ...inputs.map(({ type, values }) => binaryOf(type, values)));
      const { rows, inputText } = createInferExchange(body, headerLength).read(model);
      const row = rows - 1;
      const expected = inputs.map(({ name, type, shape, values }) => {
        const size = values.length / rows;
        return [name, nested(values.slice(row * size).map((value) => shown(type, value)), shape.slice(1))] as const;
      });
      return inputText(row) === JSON.stringify(inputs.length === 1 ? expected[0]?.[1] : Object.fromEntries(expected));
    }),
    { numRuns: 300 },
  );
});
