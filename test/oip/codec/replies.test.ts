import fc from 'fast-check';
import t from 'tap';
import type { TensorInfo, TensorMap, TensorType } from '../../../src/engine/tensor.js';
import type { ModelConfig, PredictReply } from '../../../src/inference/contracts.js';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import type { RowMode } from '../../../src/inference/row-shape.js';
import { info, oipModel } from '../../support/oip-models.js';
import { binaryOutput, replyJson, replyOf, tensor } from '../../support/oip-replies.js';
import { refusalOf, TYPES, WIRE } from '../../support/oip-wire.js';

interface Exchange {
  readonly outputs: readonly TensorInfo[];
  readonly values: TensorMap;
  readonly rows?: number;
  /** Fields of the request besides its input. */
  readonly request?: object;
  readonly rowMode?: RowMode;
  readonly config?: Partial<ModelConfig>;
  readonly reply?: Partial<PredictReply>;
}

/** The reply that a request gets; its input does not matter. */
function replyTo({ outputs, values, rows = 2, request = {}, rowMode = 'batched', config = {}, reply = {} }: Exchange) {
  const model = oipModel({ inputs: [info('x', 'float32', [null])], outputs, rowMode, config });
  const exchange = createInferExchange(Buffer.from(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }], ...request })), null);
  exchange.read(model);
  return exchange.write(replyOf(model, rows, values, reply));
}

const Y = info('y', 'float32', [null, 2]);
const y = tensor('float32', [2, 2], Float32Array.of(1, NaN, Infinity, -0.5));

t.test('without names: the outputs of the model, the failure probability and the decision', async (t) => {
  const reply = replyTo({ outputs: [Y, info('i', 'int64', [null])], values: { i: tensor('int64', [2], BigInt64Array.of(9007199254740993n, -1n)), y } });
  t.equal(reply.headerLength, null);
  t.same(reply.binary, []);
  t.match(reply.json, '"data":[9007199254740993,-1]', 'every digit');
  t.same(replyJson(reply), {
    model_name: 'm',
    model_version: '3',
    id: 'ABCDEF_01J00000000000000000000000',
    parameters: { metaerr_prediction_id: 'ABCDEF_01J00000000000000000000000', metaerr_meta_version: 2, metaerr_status: 'ok' },
    outputs: [
      { name: 'y', datatype: 'FP32', shape: [2, 2], data: [1, null, null, -0.5] },
      { name: 'i', datatype: 'INT64', shape: [2], data: [9007199254740992, -1] },
      { name: 'metaerr_failure_probability', datatype: 'FP32', shape: [2], data: [0.125, null] },
      { name: 'metaerr_decision', datatype: 'BYTES', shape: [2], data: ['accept', 'review'] },
    ],
  });
  const names = (exchange: Omit<Exchange, 'outputs' | 'values'>) => replyJson(replyTo({ outputs: [Y], values: { y }, ...exchange })).outputs.map(({ name }) => name);
  t.same(names({ config: { append_outputs: false } }), ['y']);
  t.same(names({ request: { outputs: [] } }), ['y', 'metaerr_failure_probability', 'metaerr_decision'], 'an empty list names none');
  t.same(names({ request: { outputs: null } }), ['y', 'metaerr_failure_probability', 'metaerr_decision']);
  t.same(names({ request: { outputs: [{ name: 'metaerr_decision' }, { name: 'y' }] }, config: { append_outputs: false } }), ['metaerr_decision', 'y'], 'by name, in the order of the request');
});

t.test('binary and JSON outputs side by side', async (t) => {
  const request = { id: 'mine', parameters: { binary_data_output: true }, outputs: [{ name: 'metaerr_failure_probability' }, { name: 'y', parameters: { binary_data: false } }, { name: 'metaerr_decision', parameters: {} }] };
  const reply = replyTo({ outputs: [Y], values: { y }, request });
  const { id, outputs } = replyJson(reply);
  t.equal(id, 'mine');
  t.same(outputs.map(({ parameters, data }) => [parameters?.binary_data_size, data]), [[8, undefined], [undefined, [1, null, null, -0.5]], [20, undefined]]);
  t.same(binaryOutput(reply, 'metaerr_failure_probability', 'float32'), [0.125, NaN]);
  t.same(binaryOutput(reply, 'metaerr_decision', 'string'), ['accept', 'review']);
  t.equal(reply.headerLength, Buffer.byteLength(reply.json));
  const named = replyTo({ outputs: [Y], values: { y }, request: { outputs: [{ name: 'y', parameters: { binary_data: true } }] } });
  t.equal(named.binary[0]?.buffer, y.type === 'float32' ? y.data.buffer : null, 'numbers are not copied');
});

t.test('the header counts bytes, not characters', async (t) => {
  const reply = replyTo({ outputs: [Y], values: { y }, request: { id: 'é€😀', parameters: { binary_data_output: true } } });
  t.equal(reply.headerLength, Buffer.byteLength(reply.json));
  t.not(reply.headerLength, reply.json.length);
});

t.test('outputs stand as the engine gave them', async (t) => {
  const shapes = (exchange: Partial<Exchange>) => replyJson(replyTo({ outputs: [Y], values: {}, ...exchange })).outputs.map(({ name, shape }) => [name, shape]);
  t.same(shapes({ values: { y: tensor('float32', [2], Float32Array.of(1, 2)) }, reply: { forms: { y: 'columns' } } })[0], ['y', [1, 2]]);
  t.same(shapes({ values: { y: tensor('float32', [1, 2], Float32Array.of(1, 2)) }, rows: 1, rowMode: 'whole', reply: { forms: { y: 'bare' } } }), [['y', [2]], ['metaerr_failure_probability', [1]], ['metaerr_decision', [1]]]);
  t.same(shapes({ outputs: [Y, info('constructor', 'float32', [])], values: { y }, reply: { requestOutputs: { constructor: tensor('float32', [], Float32Array.of(5)) } } }), [
    ['y', [2, 2]],
    ['constructor', []],
    ['metaerr_failure_probability', [2]],
    ['metaerr_decision', [2]],
  ]);
});

t.test('the same values as JSON and as binary data, for every datatype', async () => {
  const values: Readonly<Record<TensorType, fc.Arbitrary<unknown>>> = {
    bool: fc.integer({ min: 0, max: 1 }),
    int8: fc.integer({ min: -128, max: 127 }),
    int16: fc.integer({ min: -32768, max: 32767 }),
    int32: fc.integer(),
    int64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    uint8: fc.nat(255),
    uint16: fc.nat(65535),
    uint32: fc.nat(2 ** 32 - 1),
    uint64: fc.bigInt(0n, 2n ** 64n - 1n),
    float16: fc.nat(65535),
    float32: fc.float(),
    float64: fc.double(),
    string: fc.string({ unit: 'binary' }),
  };
  const arrays = { bool: Uint8Array, int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array, float16: Uint16Array, float32: Float32Array, float64: Float64Array, string: Array };
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES).chain((type) => fc.record({ type: fc.constant(type), list: fc.array(values[type], { minLength: 1, maxLength: 5 }), binary: fc.boolean() })),
      ({ type, list, binary: asked }) => {
        const binary = asked || type === 'float16';
        const data = (arrays[type] as unknown as { from(values: unknown[]): Float32Array }).from(list);
        const reply = replyTo({ outputs: [info('y', type, [null])], values: { y: tensor(type as 'float32', [list.length], data) }, rows: list.length, request: { outputs: [{ name: 'y', parameters: { binary_data: binary } }] } });
        const [output] = replyJson(reply).outputs;
        if (output?.datatype !== WIRE[type].datatype || output.shape[0] !== list.length) return false;
        const expected = list.map((value) => (type === 'bool' ? value === 1 : value));
        if (binary) return binaryOutput(reply, 'y', type).every((value, i) => Object.is(value, expected[i]));
        const text = /"data":(\[.*\])\}\]\}$/s.exec(reply.json)?.[1];
        return text === `[${expected.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join()}]`;
      },
    ),
    { numRuns: 1000 },
  );
});

t.test('an output too large for JSON is refused with the hint', async (t) => {
  const large = tensor('uint8', [2 ** 23 + 1], new Uint8Array(2 ** 23 + 1));
  t.match(refusalOf(() => replyTo({ outputs: [info('y', 'uint8', [null])], values: { y: large } })), { code: 'INVALID_REQUEST', message: /output "y" has 8388609 values.*binary data/ });
  t.ok(replyTo({ outputs: [info('y', 'uint8', [null])], values: { y: large }, request: { parameters: { binary_data_output: true } } }).headerLength);
});

t.test('outputs that are too large for JSON together are refused, and not where some are binary', async (t) => {
  const half = tensor('uint8', [2 ** 22], new Uint8Array(2 ** 22));
  const outputs = [info('y', 'uint8', [null]), info('z', 'uint8', [null])];
  const named = (binary: boolean) => ({ outputs: [{ name: 'y' }, { name: 'z', parameters: { binary_data: binary } }, { name: 'metaerr_decision' }] });
  t.match(refusalOf(() => replyTo({ outputs, values: { y: half, z: half }, request: named(false) })), { code: 'INVALID_REQUEST', message: /8388610 values, 4194304 of them in "y".*binary data/ });
  t.ok(replyTo({ outputs, values: { y: half, z: half }, request: named(true) }).headerLength);
});
