import t from 'tap';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { info, oipModel } from '../../support/oip-models.js';
import { bodyOf, readJson, refusalOf } from '../../support/oip-wire.js';

const model = oipModel({
  inputs: [info('a', 'float32', [null, 2]), info('b', 'string', [null])],
  outputs: [info('y', 'float32', [null, 2]), info('h', 'float16', [null]), info('t', 'string', [null]), info('f', 'bool', [null])],
});
const a = { name: 'a', datatype: 'FP32', shape: [1, 2], data: [1, 2] };
const b = { name: 'b', datatype: 'BYTES', shape: [1], data: ['x'] };
const Y = [{ name: 'y' }];

t.test('the request is fine to begin with', async (t) => {
  const { rows, inputs } = readJson(model, { inputs: [b, a], outputs: Y });
  t.equal(rows, 1);
  t.same(Object.keys(inputs), ['a', 'b'], 'in the order of the signature');
  t.equal(readJson(model, { id: null, parameters: null, inputs: [{ ...a, parameters: null }, { ...b, parameters: { content_type: 'str', priority: 3 } }], outputs: Y, whatever: [1] }).rows, 1);
});

t.test('every fault of a request has a code, a field and a message', async (t) => {
  const cases: [string, unknown, string, string, RegExp][] = [
    ['no object', [1], 'INVALID_REQUEST', 'body', /expected an object, got an array of 1/],
    ['no inputs', {}, 'INVALID_REQUEST', 'inputs', /inputs: expected an array of input tensors/],
    ['inputs', { inputs: 'x' }, 'INVALID_REQUEST', 'inputs', /expected an array, got "x"/],
    ['an input', { inputs: [1] }, 'INVALID_REQUEST', 'inputs[0]', /expected an object, got 1/],
    ['nameless', { inputs: [{ datatype: 'FP32' }] }, 'INVALID_REQUEST', 'inputs[0].name', /name of an input/],
    ['name', { inputs: [{ ...a, name: 5 }] }, 'INVALID_REQUEST', 'inputs[0].name', /expected a string, got 5/],
    ['unknown', { inputs: [a, b, { ...a, name: 'c' }], outputs: Y }, 'INVALID_INPUT', 'inputs[2].name', /input "c": unknown input; expected "a", "b"/],
    ['missing', { inputs: [a], outputs: Y }, 'INVALID_INPUT', 'inputs', /input "b": this input is missing/],
    ['twice', { inputs: [a, b, a], outputs: Y }, 'INVALID_INPUT', 'inputs[2].name', /input "a": this input is given twice/],
    ['no datatype', { inputs: [{ ...a, datatype: undefined }, b] }, 'INVALID_INPUT', 'inputs[0].datatype', /input "a": inputs\[0\].datatype: expected a datatype/],
    ['datatype', { inputs: [{ ...a, datatype: 'FP64' }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].datatype', /input "a": datatype: expected FP32, got "FP64"/],
    ['unknown datatype', { inputs: [{ ...a, datatype: 'BF16' }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].datatype', /expected FP32, got "BF16"/],
    ['no shape', { inputs: [{ ...a, shape: undefined }, b] }, 'INVALID_INPUT', 'inputs[0].shape', /input "a".*array of dimensions/],
    ['a dimension', { inputs: [{ ...a, shape: [1, -1] }, b] }, 'INVALID_INPUT', 'inputs[0].shape[1]', /integer from 0 to 2147483647, got -1/],
    ['a fraction', { inputs: [{ ...a, shape: [1.5, 2] }, b] }, 'INVALID_INPUT', 'inputs[0].shape[0]', /got 1.5/],
    ['a huge dimension', { inputs: [{ ...a, shape: [2 ** 31, 2] }, b] }, 'INVALID_INPUT', 'inputs[0].shape[0]', /got 2147483648/],
    ['rank', { inputs: [{ ...a, shape: [2] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].shape', /input "a": shape: expected \[\?, 2\], got \[2\]/],
    ['width', { inputs: [{ ...a, shape: [1, 3] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].shape', /expected \[\?, 2\], got \[1, 3\]/],
    ['too many dimensions', { inputs: [{ ...a, shape: new Array(65).fill(1) }, b] }, 'INVALID_INPUT', 'inputs[0].shape', /at most 64 dimensions, got 65/],
    ['no rows', { inputs: [{ ...a, shape: [0, 2], data: [] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].shape', /at least one row, got 0/],
    ['rows', { inputs: [a, { ...b, shape: [2], data: ['x', 'y'] }], outputs: Y }, 'INVALID_INPUT', 'inputs[1].shape', /input "b": shape: expected 1 rows as in input "a", got 2/],
    ['no data', { inputs: [{ ...a, data: undefined }, b] }, 'INVALID_INPUT', 'inputs[0].data', /expected data, or parameters.binary_data_size/],
    ['data twice', { inputs: [{ ...a, parameters: { binary_data_size: 8 } }, b] }, 'INVALID_INPUT', 'inputs[0].data', /either .* got both/],
    ['data', { inputs: [{ ...a, data: { 0: 1 } }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data', /expected an array for shape \[1, 2\], got an object/],
    ['too few', { inputs: [{ ...a, data: [1] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data', /expected 2 values for shape \[1, 2\], got 1/],
    ['too many', { inputs: [{ ...a, data: [1, 2, 3] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data', /expected 2 values for shape \[1, 2\], got 3/],
    ['nested rows', { inputs: [{ ...a, data: [[1, 2], [3, 4]] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data', /expected 1 elements for shape \[1, 2\], got 2/],
    ['nested width', { inputs: [{ ...a, data: [[1]] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data[0]', /data\[0\]: expected 2 elements/],
    ['half nested', { inputs: [{ ...a, shape: [2, 2], data: [[1, 2], 3] }, { ...b, shape: [2], data: ['', ''] }], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data[1]', /expected an array of 2 .*, got 3/],
    ['half flat', { inputs: [{ ...a, data: [1, [2]] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data[1]', /expected a number .*, got an array of 1/],
    ['too deep', { inputs: [{ ...a, data: [[1, [2]]] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data[0][1]', /data\[0\]\[1\]: .* got an array of 1/],
    ['a promise of memory', { inputs: [{ ...a, shape: [1048576, 2], data: [[1, 2]] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].data', /expected 1048576 elements/],
    ['rows without end', { inputs: [{ ...a, shape: [2 ** 21, 2], data: [] }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].shape', /at most 1048576 rows/],
    ['binary without a tail', { inputs: [{ ...a, data: undefined, parameters: { binary_data_size: 8 } }, b], outputs: Y }, 'INVALID_INPUT', 'inputs[0].parameters.binary_data_size', /8 bytes are announced, but the body has 0 left/],
    ['binary_data_size', { inputs: [{ ...a, data: undefined, parameters: { binary_data_size: '8' } }, b] }, 'INVALID_INPUT', 'inputs[0].parameters.binary_data_size', /expected a non-negative integer, got "8"/],
    ['shared memory', { inputs: [{ ...a, data: undefined, parameters: { shared_memory_region: 'r', shared_memory_byte_size: 8 } }, b] }, 'INVALID_INPUT', 'inputs[0].parameters.shared_memory_region', /input "a".*shared memory is not supported/],
    ['input parameters', { inputs: [{ ...a, parameters: 3 }, b] }, 'INVALID_INPUT', 'inputs[0].parameters', /expected an object, got 3/],
    ['parameters', { inputs: [a, b], parameters: [] }, 'INVALID_REQUEST', 'parameters', /expected an object/],
    ['an id that is an object', { id: { a: 1 }, inputs: [a, b], outputs: Y }, 'INVALID_REQUEST', 'id', /id: expected a string or a number, got an object/],
    ['an id that is a boolean', { id: false, inputs: [a, b], outputs: Y }, 'INVALID_REQUEST', 'id', /id: expected a string or a number, got false/],
    ['an id that is an array', { id: ['r1'], inputs: [a, b], outputs: Y }, 'INVALID_REQUEST', 'id', /id: expected a string or a number, got an array of 1/],
    ['timeout', { inputs: [a, b], parameters: { timeout: 1.5 } }, 'INVALID_REQUEST', 'parameters.timeout', /non-negative integer, got 1.5/],
    ['sequence', { inputs: [a, b], parameters: { sequence_id: 7, sequence_start: true } }, 'INVALID_REQUEST', 'parameters.sequence_id', /sequences are not supported/],
    ['sequence by name', { inputs: [a, b], parameters: { sequence_id: 's' } }, 'INVALID_REQUEST', 'parameters.sequence_id', /sequences are not supported/],
    ['binary_data_output', { inputs: [a, b], parameters: { binary_data_output: 1 } }, 'INVALID_REQUEST', 'parameters.binary_data_output', /true or false, got 1/],
    ['outputs', { inputs: [a, b], outputs: {} }, 'INVALID_REQUEST', 'outputs', /expected an array, got an object/],
    ['an output', { inputs: [a, b], outputs: ['y'] }, 'INVALID_REQUEST', 'outputs[0]', /expected an object, got "y"/],
    ['nameless output', { inputs: [a, b], outputs: [{}] }, 'INVALID_REQUEST', 'outputs[0].name', /name of an output/],
    ['unknown output', { inputs: [a, b], outputs: [...Y, { name: 'z' }] }, 'INVALID_REQUEST', 'outputs[1].name', /unknown output "z"; expected "y", "h", "t", "f", "metaerr_failure_probability", "metaerr_decision"/],
    ['output twice', { inputs: [a, b], outputs: [...Y, ...Y] }, 'INVALID_REQUEST', 'outputs[1].name', /output "y" is named twice/],
    ['binary_data', { inputs: [a, b], outputs: [{ name: 'y', parameters: { binary_data: 'yes' } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.binary_data', /output "y": true or false|expected true or false/],
    ['output in shared memory', { inputs: [a, b], outputs: [{ name: 'y', parameters: { shared_memory_region: 'r' } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.shared_memory_region', /output "y": shared memory is not supported/],
    ['classification', { inputs: [a, b], outputs: [{ name: 'y', parameters: { classification: -1 } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.classification', /non-negative integer, got -1/],
    ['classes of texts', { inputs: [a, b], outputs: [{ name: 't', parameters: { classification: 1 } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.classification', /output "t" \(BYTES\) has no numbers/],
    ['classes of booleans', { inputs: [a, b], outputs: [{ name: 'f', parameters: { classification: 1 } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.classification', /output "f" \(BOOL\)/],
    ['classes of decisions', { inputs: [a, b], outputs: [{ name: 'metaerr_decision', parameters: { classification: 1 } }] }, 'INVALID_REQUEST', 'outputs[0].parameters.classification', /"metaerr_decision" \(BYTES\)/],
    ['FP16 output', { inputs: [a, b], outputs: [{ name: 'h' }] }, 'INVALID_REQUEST', 'outputs[0]', /output "h" \(FP16\) cannot be sent as JSON; ask for binary data/],
    ['FP16 output, not named', { inputs: [a, b] }, 'INVALID_REQUEST', 'outputs', /output "h" \(FP16\) cannot be sent as JSON; ask for binary data/],
    ['FP16 output, explicitly', { inputs: [a, b], parameters: { binary_data_output: true }, outputs: [{ name: 'h', parameters: { binary_data: false } }] }, 'INVALID_REQUEST', 'outputs[0]', /FP16/],
  ];
  for (const [title, request, code, field, message] of cases) {
    const error = refusalOf(() => readJson(model, request));
    t.match({ code: error.code, field: error.field, message: error.message }, { code, field, message }, title);
  }
});

t.test('long names are cut in messages', async (t) => {
  const error = refusalOf(() => readJson(model, { inputs: [{ ...a, name: 'x'.repeat(100_000) }] }));
  t.ok(error.message.length < 300, `${error.message.length} characters`);
});

t.test('of many names the first are listed', async (t) => {
  const wide = oipModel({ inputs: Array.from({ length: 500 }, (_, i) => info(`column ${i}`, 'float32', [null])) });
  t.match(refusalOf(() => readJson(wide, { inputs: [] })).message, /^input "column 0": this input is missing; expected "column 0", .*"column 19" and 480 more$/);
});

t.test('FP16 as JSON is refused with the hint', async (t) => {
  const half = oipModel({ inputs: [info('h', 'float16', [null])] });
  t.match(refusalOf(() => readJson(half, { inputs: [{ name: 'h', datatype: 'FP16', shape: [1], data: [1] }] })), { code: 'INVALID_INPUT', field: 'inputs[0].data', message: /input "h".*FP16 cannot be sent as JSON; send binary data/ });
});

t.test('binary data that does not add up', async (t) => {
  const one = oipModel({ inputs: [info('x', 'float32', [null]), info('s', 'string', [null]), info('f', 'bool', [null])] });
  const json = (sizes: readonly number[]) =>
    JSON.stringify({
      inputs: [
        { name: 'x', datatype: 'FP32', shape: [2], parameters: { binary_data_size: sizes[0] } },
        { name: 's', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: sizes[1] } },
        { name: 'f', datatype: 'BOOL', shape: [2], parameters: { binary_data_size: sizes[2] } },
      ],
    });
  const floats = Buffer.alloc(8);
  const texts = Buffer.from('0100000061' + '0100000062', 'hex');
  const flags = Buffer.of(0, 1);
  const read = (sizes: readonly number[], parts: readonly Uint8Array[], shift = 0) => () => {
    const { body, headerLength } = bodyOf(json(sizes), ...parts);
    return createInferExchange(body, headerLength + shift).read(one);
  };
  t.equal(read([8, 10, 2], [floats, texts, flags])().rows, 2);
  const cases: [string, () => unknown, string, RegExp][] = [
    ['left over', read([8, 10, 2], [floats, texts, flags, flags]), 'INVALID_INPUT', /input "f": the body has 2 bytes of binary data after the 2 of this input/],
    ['missing', read([8, 10, 2], [floats, texts]), 'INVALID_INPUT', /input "f": binary_data_size: 2 bytes are announced, but the body has 0 left/],
    ['shape', read([12, 10, 2], [floats, Buffer.alloc(4), texts, flags]), 'INVALID_INPUT', /input "x": expected 8 bytes of binary data for shape \[2\] of FP32, got 12/],
    ['an element too long', read([8, 10, 2], [floats, Buffer.from('0100000061' + '0200000062', 'hex'), flags]), 'INVALID_INPUT', /input "s": BYTES element 1 of 2 ends beyond/],
    ['an element of 4 GB', read([8, 10, 2], [floats, Buffer.from('ffffffff61' + '0200000062', 'hex'), flags]), 'INVALID_INPUT', /input "s": BYTES element 0 of 2 ends beyond/],
    ['elements left', read([8, 15, 2], [floats, texts, texts.subarray(5), flags]), 'INVALID_INPUT', /input "s": 5 bytes of binary data are left after 2/],
    ['no room for lengths', read([8, 5, 2], [floats, texts.subarray(5), flags]), 'INVALID_INPUT', /input "s": expected 2 BYTES elements, got 5 bytes/],
    ['no UTF-8', read([8, 10, 2], [floats, Buffer.from('0100000061' + '01000000ff', 'hex'), flags]), 'INVALID_INPUT', /input "s": BYTES element 1 is not UTF-8/],
    ['U+0000', read([8, 10, 2], [floats, Buffer.from('0100000061' + '0100000000', 'hex'), flags]), 'INVALID_INPUT', /input "s": BYTES element 1 contains U\+0000/],
    ['no boolean', read([8, 10, 2], [floats, texts, Buffer.of(1, 2)]), 'INVALID_INPUT', /input "f": expected the bytes 0 and 1 for BOOL, got 2 at index 1/],
    ['a header that is too long', read([8, 10, 2], [floats, texts, flags], 21), 'INVALID_REQUEST', /^Inference-Header-Content-Length: the body has \d+ bytes/],
    ['a header that is a little too long', read([8, 10, 2], [floats, texts, flags], 1), 'INVALID_JSON', /JSON/],
    ['a header that is too short', read([8, 10, 2], [floats, texts, flags], -1), 'INVALID_JSON', /JSON/],
  ];
  for (const [title, action, code, message] of cases) t.match(refusalOf(action), { code, message }, title);
  const pure = bodyOf('{"inputs":[]}', Buffer.of(1));
  t.match(refusalOf(() => createInferExchange(pure.body, pure.headerLength).read(oipModel({ inputs: [] }))), { code: 'INVALID_REQUEST', message: /1 bytes of binary data, but no input/ });
});

t.test('every position of a byte that is no boolean is found', async (t) => {
  const flags = oipModel({ inputs: [info('f', 'bool', [null])] });
  for (let length = 1; length < 14; length++) {
    for (let bad = 0; bad < length; bad++) {
      for (const padding of [0, 1, 2, 3]) {
        const bytes = Buffer.alloc(length, 1);
        bytes[bad] = 128;
        const { body, headerLength } = bodyOf(`{"inputs":[{"name":"f","datatype":"BOOL","shape":[${length}],"parameters":{"binary_data_size":${length}}}]${' '.repeat(padding)}}`, bytes);
        const { message } = refusalOf(() => createInferExchange(body, headerLength).read(flags));
        if (!message.endsWith(`got 128 at index ${bad}`)) t.fail(`${length} ${bad} ${padding}: ${message}`);
      }
    }
  }
});

t.test('a model that is served elsewhere runs nothing here', async (t) => {
  const external = oipModel({ inputs: [info('x', 'float32', [null])], external: true });
  t.equal(refusalOf(() => readJson(external, { inputs: [] })).code, 'MODEL_IS_EXTERNAL');
});

t.test('time-outs are microseconds; identifiers are texts and numbers of any length', async (t) => {
  const x = oipModel({ inputs: [info('x', 'float32', [null])] });
  const inputs = [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }];
  const timeout = (parameters: unknown) => readJson(x, { inputs, parameters }).timeoutMilliseconds;
  t.same([timeout({ timeout: 2_500 }), timeout({ timeout: 0 }), timeout({}), timeout(null)], [2.5, null, null, null]);
  t.equal(readJson(x, { inputs, parameters: { sequence_id: 0, sequence_start: false, sequence_end: false, priority: 'high' } }).rows, 1);
  t.equal(readJson(x, { inputs, parameters: { sequence_id: '' } }).rows, 1);
  const id = (value: unknown) => readJson(x, { id: value, inputs }).callerIds;
  t.same([id('a'), id(7), id(1.5), id('x'.repeat(9999)) !== null], [{ request: 'a' }, { request: '7' }, { request: '1.5' }, true]);
  for (const other of ['', null, undefined]) t.equal(id(other), null);
});
