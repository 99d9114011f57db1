import t from 'tap';
import { binaryPost, jsonPost, readReply, tensorBytes, tensorValues } from '../support/oip-client.js';

t.test('the binary request of the protocol, byte by byte', async (t) => {
  const document = '{"id":"r1","inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}';
  t.equal(document.length, 144);
  t.equal(tensorBytes({ name: 'X', datatype: 'FP32', shape: [1, 2], data: [1, 2] }).toString('hex'), '0000803f00000040');
  t.equal(tensorBytes({ name: 'X', datatype: 'BYTES', shape: [2], data: ['aé', 'b'] }).toString('hex'), '0300000061c3a90100000062');
  const { headers, payload } = binaryPost([{ name: 'X', datatype: 'FP32', shape: [1, 2], data: [1, 2] }], { id: 'r1' });
  const length = Number(headers['inference-header-content-length']);
  t.same(JSON.parse(payload.toString('utf8', 0, length)), JSON.parse(document));
  t.equal(payload.toString('hex', length), '0000803f00000040');
});

t.test('values survive their bytes', async (t) => {
  const cases: Readonly<Record<string, readonly (number | bigint | boolean | string)[]>> = {
    BOOL: [true, false],
    INT8: [-128, 127],
    UINT8: [0, 255],
    INT16: [-32768, 32767],
    UINT16: [0, 65535],
    INT32: [-(2 ** 31), 2 ** 31 - 1],
    UINT32: [0, 2 ** 32 - 1],
    INT64: [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n],
    UINT64: [0n, 2n ** 64n - 1n],
    FP16: [0, -0, 1, -65504, 0.333251953125, 2 ** -24, Infinity, -Infinity, NaN],
    FP32: [0.5, -0, 3.4028234663852886e38, NaN, Infinity],
    FP64: [0.1, -1.7976931348623157e308, NaN],
    BYTES: ['', 'aé€😀', 'a\nb'],
  };
  for (const [datatype, data] of Object.entries(cases)) {
    t.same(tensorValues(datatype, tensorBytes({ name: 'x', datatype, shape: [data.length], data })), data, datatype);
  }
});

t.test('JSON: integers stay exact, and texts that look like them stay texts', async (t) => {
  const { payload } = jsonPost([{ name: 'x', datatype: 'INT64', shape: [2], data: [2n ** 63n - 1n, -1n] }], { id: 'a' });
  t.equal(payload.toString(), '{"inputs":[{"name":"x","datatype":"INT64","shape":[2],"data":[9223372036854775807,-1]}],"id":"a"}');
  const reply = '{"model_name":"m","outputs":[{"name":"y","datatype":"INT64","shape":[3],"data":[[9223372036854775807],[-9007199254740993],[5]]},'
    + '{"name":"z","datatype":"FP64","shape":[2],"data":[0.1234567890123456789,1e-20]},{"name":"s","datatype":"BYTES","shape":[1],"data":["a 12345678901234567, \\" b"]}]}';
  const { document, outputs } = readReply({}, Buffer.from(reply));
  t.same(document, { model_name: 'm' });
  t.same(outputs.map(({ data }) => data), [['9223372036854775807', '-9007199254740993', 5], [0.1234567890123456789, 1e-20], ['a 12345678901234567, " b']]);
});

t.test('binary outputs follow the document in their order, and nothing else does', async (t) => {
  const document = '{"outputs":[{"name":"a","datatype":"UINT8","shape":[2],"parameters":{"binary_data_size":2}},{"name":"b","datatype":"BOOL","shape":[1],"data":[true]}'
    + ',{"name":"c","datatype":"INT16","shape":[1],"parameters":{"binary_data_size":2}}]}';
  const headers = { 'inference-header-content-length': String(document.length) };
  const { outputs } = readReply(headers, Buffer.concat([Buffer.from(document), Buffer.from([1, 2, 0xff, 0xff])]));
  t.same(outputs.map(({ data }) => data), [[1, 2], [true], [-1]]);
  t.throws(() => readReply(headers, Buffer.concat([Buffer.from(document), Buffer.from([1, 2, 3, 4, 5])])), { message: /end at byte/ });
});
