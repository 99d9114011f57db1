import t from 'tap';
import type { TensorInfo } from '../../../src/engine/tensor.js';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import type { RowMode } from '../../../src/inference/row-shape.js';
import { info, oipModel } from '../../support/oip-models.js';
import { binaryOutput, replyJson, replyOf, tensor } from '../../support/oip-replies.js';
import { binaryOf, refusalOf } from '../../support/oip-wire.js';

const raw = (body: Uint8Array, input: TensorInfo, rowMode: RowMode = 'batched') => createInferExchange(body, 0).read(oipModel({ inputs: [input], rowMode }));
const floats = (...values: number[]) => binaryOf('float32', values);

t.test('the shape follows from the size', async (t) => {
  const dims = (bytes: number, input: TensorInfo, rowMode: RowMode = 'batched') => raw(Buffer.alloc(bytes), input, rowMode).inputs['x']?.dims;
  t.same(raw(floats(1, 2, 3, 4), info('x', 'float32', [null, 2])).inputs, { x: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
  t.same(dims(24, info('x', 'float32', [null, 3])), [2, 3], 'the batch');
  t.same(dims(24, info('x', 'float32', [null, null])), [1, 6], 'one row where the batch and one more are open');
  t.same(dims(24, info('x', 'int64', [null, null, 3])), [1, 1, 3]);
  t.same(dims(24, info('x', 'float32', [1, 3]), 'single'), [2, 3], 'rows of a model that takes one at a time');
  t.same(dims(24, info('x', 'float32', [2, 3]), 'whole'), [1, 2, 3], 'nothing is open');
  t.same(dims(24, info('x', 'float32', [null, 3]), 'whole'), [1, 2, 3], 'an open dimension that is no batch');
  t.same(dims(4, info('x', 'float32', []), 'whole'), [1], 'a scalar');
  t.same(dims(0, info('x', 'float32', [null, null])), [1, 0]);
  t.equal(raw(floats(1, 2), info('x', 'float32', [null])).rows, 2);
});

t.test('BYTES: the body is one element', async (t) => {
  t.same(raw(Buffer.from('aé'), info('x', 'string', [null, 1])).inputs, { x: { type: 'string', dims: [1, 1], data: ['aé'] } });
  t.same(raw(Buffer.alloc(0), info('x', 'string', [null])).inputs['x']?.data, ['']);
  t.match(refusalOf(() => raw(Buffer.from('a'), info('x', 'string', [null, 2]))), { code: 'INVALID_INPUT', message: /input "x".*one element/ });
  t.match(refusalOf(() => raw(Buffer.of(0xff), info('x', 'string', [null]))), { code: 'INVALID_INPUT', message: /UTF-8/ });
});

t.test('what no shape follows from', async (t) => {
  const refused: [number, TensorInfo, RowMode, RegExp][] = [
    [24, info('x', 'float32', [null, null, null]), 'batched', /input "x": no shape \[\?, \?, \?\] of FP32 follows.*more than one dimension is open besides the batch/],
    [24, info('x', 'float32', [null, null]), 'whole', /more than one dimension is open/],
    [25, info('x', 'float32', [null, 3]), 'batched', /expected a multiple of 12 bytes, got 25/],
    [20, info('x', 'float32', [2, 3]), 'whole', /expected 24 bytes of binary data for shape \[2, 3\] of FP32, got 20/],
    [0, info('x', 'float32', [null, 3]), 'batched', /at least one row/],
  ];
  for (const [bytes, input, mode, message] of refused) t.match(refusalOf(() => raw(Buffer.alloc(bytes), input, mode)), { code: 'INVALID_INPUT', message });
  const two = oipModel({ inputs: [info('a', 'float32', [null]), info('b', 'float32', [null])] });
  t.match(refusalOf(() => createInferExchange(floats(1), 0).read(two)), { code: 'INVALID_REQUEST', field: 'Inference-Header-Content-Length', message: /one input; this model has "a", "b"/ });
});

t.test('every output is binary, FP16 too', async (t) => {
  const model = oipModel({ inputs: [info('x', 'float32', [null])], outputs: [info('h', 'float16', [null])] });
  const exchange = createInferExchange(floats(1), 0);
  const { callerIds } = exchange.read(model);
  t.equal(callerIds, null);
  const reply = exchange.write(replyOf(model, 1, { h: tensor('float16', [1], Uint16Array.of(0x3c00)) }));
  t.equal(reply.headerLength, Buffer.byteLength(reply.json));
  t.equal(replyJson(reply).id, 'ABCDEF_01J00000000000000000000000');
  t.same(replyJson(reply).outputs.map(({ parameters }) => parameters?.binary_data_size), [2, 4, 10]);
  t.same(binaryOutput(reply, 'h', 'float16'), [0x3c00]);
  t.same(binaryOutput(reply, 'metaerr_decision', 'string'), ['accept']);
});
