import t from 'tap';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { info, oipModel } from '../../support/oip-models.js';
import { replyJson, replyOf, tensor } from '../../support/oip-replies.js';
import { bodyOf } from '../../support/oip-wire.js';

const HEADER = '{"id":"r1","inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}';
const BYTES_DATA = Buffer.from('0300000061c3a90100000062', 'hex');

t.test('a binary request, byte for byte', async (t) => {
  const { body, headerLength } = bodyOf(HEADER, Buffer.from('0000803f00000040', 'hex'));
  t.equal(headerLength, 144);
  const model = oipModel({ inputs: [info('X', 'float32', [null, 2])], config: { append_outputs: false } });
  const exchange = createInferExchange(body, 144);
  const { inputs, outputs, rows, callerIds, timeoutMilliseconds } = exchange.read(model);
  t.same(inputs, { X: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } });
  t.same({ outputs, rows, callerIds, timeoutMilliseconds }, { outputs: {}, rows: 1, callerIds: { request: 'r1' }, timeoutMilliseconds: null });
  const reply = exchange.write(replyOf(model, 1, { y: tensor('float32', [1, 2], Float32Array.of(2, 1)) }));
  t.equal(
    reply.json,
    '{"model_name":"m","model_version":"3","id":"r1","parameters":{"metaerr_prediction_id":"ABCDEF_01J00000000000000000000000","metaerr_meta_version":2,"metaerr_status":"ok"},' +
      '"outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}',
  );
  t.equal(reply.headerLength, Buffer.byteLength(reply.json));
  t.equal(Buffer.concat(reply.binary).toString('hex'), '000000400000803f');
});

t.test('BYTES elements, byte for byte', async (t) => {
  const model = oipModel({ inputs: [info('s', 'string', [null])], outputs: [info('t', 'string', [null])], config: { append_outputs: false } });
  const { body, headerLength } = bodyOf('{"inputs":[{"name":"s","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":12}}],"parameters":{"binary_data_output":true}}', BYTES_DATA);
  const exchange = createInferExchange(body, headerLength);
  t.same(exchange.read(model).inputs, { s: { type: 'string', dims: [2], data: ['aé', 'b'] } });
  const reply = exchange.write(replyOf(model, 2, { t: tensor('string', [2], ['aé', 'b']) }));
  t.equal(Buffer.concat(reply.binary).toString('hex'), BYTES_DATA.toString('hex'));
  t.equal(replyJson(reply).outputs[0]?.parameters?.binary_data_size, 12);
});
