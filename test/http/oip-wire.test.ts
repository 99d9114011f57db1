import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { linearClassifier, stringEcho } from '../support/http-models.js';
import { parts, startOip, type OipApp } from '../support/http-oip.js';

interface Reply {
  readonly id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly outputs: readonly { name: string; shape: number[]; datatype: string; data?: unknown[]; parameters?: { binary_data_size?: number } }[];
}

const JSON_REQUEST = '{"id":"r1","inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","data":[1,2]}]}';
const VECTOR_JSON = '{"id":"r1","inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}';
const VECTOR = Buffer.concat([Buffer.from(VECTOR_JSON), Buffer.from('0000803f00000040', 'hex')]);
const LENGTH = { 'Inference-Header-Content-Length': '144' };
const INFER = '/v2/models/m/infer';
const MEBIBYTE = 1024 * 1024;

const models = { m: { onnx: linearClassifier(2, 3), yaml: 'labels: [a, b, c]\n' }, echo: { onnx: stringEcho() } };

/** The probabilities of [1, 2] as /v1 tells them. */
async function expected(app: OipApp): Promise<number[]> {
  const { body } = await app.call<{ predictions: { outputs: { probabilities: number[] } }[] }>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances: [[1, 2]] } });
  return body.predictions[0]?.outputs.probabilities ?? [];
}

t.test('the vector of the protocol, byte for byte', async (t) => {
  const app = await startOip(t, { models });
  t.equal(Buffer.byteLength(VECTOR_JSON), 144);
  const { status, headers, body } = await app.send({ path: INFER, headers: LENGTH, body: VECTOR });
  t.equal(status, 200);
  t.equal(headers['content-type'], 'application/octet-stream');
  t.equal(headers['content-length'], String(body.length));
  const { json, binary } = parts<Reply>(body, Number(headers['inference-header-content-length']));
  t.match(json, { id: 'r1', model_name: 'm', model_version: '1' });
  t.same(json.outputs.map(({ name, shape, datatype }) => [name, shape, datatype]), [
    ['probabilities', [1, 3], 'FP32'],
    ['metaerr_failure_probability', [1], 'FP32'],
    ['metaerr_decision', [1], 'BYTES'],
  ]);
  t.same([...new Float32Array(Uint8Array.from(binary['probabilities'] ?? []).buffer)], (await expected(app)).map(Math.fround));
  t.match(binary['metaerr_decision']?.subarray(4).toString(), /^(accept|review)$/);
});

t.test('text as length and bytes', async (t) => {
  const app = await startOip(t, { models });
  const text = Buffer.from('0300000061c3a90100000062', 'hex');
  const json = `{"inputs":[{"name":"S","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":${text.length}}}],"outputs":[{"name":"echo","parameters":{"binary_data":true}}]}`;
  const headers = { 'Inference-Header-Content-Length': String(Buffer.byteLength(json)) };
  const reply = await app.send({ path: '/v2/models/echo/infer', headers, body: Buffer.concat([Buffer.from(json), text]) });
  t.equal(reply.status, 200, reply.body.toString());
  t.same(parts<Reply>(reply.body, Number(reply.headers['inference-header-content-length'])).binary['echo'], text);
});

t.test('the content type of a request does not matter', async (t) => {
  const app = await startOip(t, { models });
  for (const type of [undefined, 'application/json', 'application/octet-stream', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'nonsense', '/', ';', '', 'a/b/c; =']) {
    const headers = type === undefined ? {} : { 'Content-Type': type };
    const plain = await app.send({ path: INFER, headers, body: JSON_REQUEST });
    t.equal(plain.status, 200, `JSON as ${type}`);
    t.equal(plain.headers['content-type'], 'application/json');
    t.notOk('inference-header-content-length' in plain.headers, 'no binary, no header');
    t.equal((await app.send({ path: INFER, headers: { ...headers, ...LENGTH }, body: VECTOR })).status, 200, `JSON and bytes as ${type}`);
  }
});

t.test('a request without body, with or without its length', async (t) => {
  const app = await startOip(t, { models });
  for (const headers of [{}, { 'Content-Type': 'application/json' }, { 'Content-Type': 'application/octet-stream' }]) {
    for (const body of [undefined, '']) {
      const given = body === undefined ? {} : { body };
      const index = await app.send({ path: '/v2/repository/index', headers, ...given });
      t.equal(index.status, 200, JSON.stringify({ headers, body }));
      t.same(index.json<{ name: string }[]>().map(({ name }) => name), ['echo', 'm']);
      t.equal((await app.send({ path: INFER, headers, ...given })).status, 400);
    }
    t.equal((await app.send({ path: '/v2/repository/index', headers, chunks: [] })).status, 200, 'an empty chunked body');
  }
});

t.test('a body in chunks', async (t) => {
  const app = await startOip(t, { models });
  t.equal((await app.send({ path: INFER, chunks: [JSON_REQUEST.slice(0, 7), JSON_REQUEST.slice(7, 30), JSON_REQUEST.slice(30)] })).status, 200);
  t.equal((await app.send({ path: INFER, headers: LENGTH, chunks: [...VECTOR].map((byte) => Uint8Array.of(byte)) })).status, 200);
});

t.test('compressed bodies; the header counts the JSON before compression', async (t) => {
  const app = await startOip(t, { models });
  const encodings = { gzip: gzipSync, deflate: deflateSync, 'x-gzip': gzipSync, GZIP: gzipSync, identity: (body: Buffer) => body };
  for (const [encoding, encode] of Object.entries(encodings)) {
    const headers = { 'Content-Encoding': encoding };
    t.equal((await app.send({ path: INFER, headers, body: encode(Buffer.from(JSON_REQUEST)) })).status, 200, encoding);
    t.equal((await app.send({ path: INFER, headers: { ...headers, ...LENGTH }, body: encode(VECTOR) })).status, 200, encoding);
    t.equal((await app.send({ path: '/v2/repository/index', headers, body: encode(Buffer.from('{"ready": true}')) })).status, 200, encoding);
  }
  t.equal((await app.send({ path: INFER, headers: { 'Content-Encoding': 'deflate' }, body: deflateRawSync(JSON_REQUEST) })).status, 200, 'a bare deflate stream');
  t.equal((await app.send({ path: INFER, headers: { 'Content-Encoding': 'gzip' }, chunks: [gzipSync(JSON_REQUEST)] })).status, 200, 'in chunks');
  t.equal((await app.send({ path: '/v2/repository/index', headers: { 'Content-Encoding': 'gzip' }, body: '' })).status, 200, 'nothing is not compressed');
});

t.test('bodies that are not what their encoding says', async (t) => {
  const app = await startOip(t, { models });
  const gzip = { 'Content-Encoding': 'gzip' };
  for (const body of [JSON_REQUEST, gzipSync(JSON_REQUEST).subarray(0, 20)]) t.equal((await app.send({ path: INFER, headers: gzip, body })).status, 400);
  t.equal((await app.send({ path: INFER, headers: { 'Content-Encoding': 'deflate' }, body: JSON_REQUEST })).status, 400);
  for (const encoding of ['br', 'zstd', 'gzip, gzip', 'nonsense']) {
    const reply = await app.send({ path: INFER, headers: { 'Content-Encoding': encoding }, body: JSON_REQUEST });
    t.equal(reply.status, 415, encoding);
    t.match(reply.json<{ error: string }>().error, /gzip, deflate/);
  }
});

t.test('bodies beyond the limit, also those that only inflate to it', async (t) => {
  const app = await startOip(t, { models, env: { METAERR_BODY_LIMIT_MEBIBYTES: '1' } });
  const filler = (bytes: number) => `${JSON_REQUEST.slice(0, -1)},"filler":"${'x'.repeat(bytes - JSON_REQUEST.length - 12)}"}`;
  t.equal(Buffer.byteLength(filler(MEBIBYTE)), MEBIBYTE);
  t.equal((await app.send({ path: INFER, body: filler(MEBIBYTE) })).status, 200, 'the limit itself');
  t.equal((await app.send({ path: INFER, body: filler(MEBIBYTE + 1) })).status, 413);
  t.equal((await app.send({ path: INFER, chunks: [filler(MEBIBYTE + 1)] })).status, 413, 'in chunks');
  t.equal((await app.send({ path: INFER, headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(filler(MEBIBYTE)) })).status, 200, 'the limit, compressed');
  for (const [encoding, encode] of [['gzip', gzipSync], ['deflate', deflateSync], ['deflate', deflateRawSync]] as const) {
    const bomb = encode(Buffer.alloc(64 * MEBIBYTE));
    t.ok(bomb.length < MEBIBYTE / 10);
    t.equal((await app.send({ path: INFER, headers: { 'Content-Encoding': encoding }, body: bomb })).status, 413, `a bomb of ${encoding}`);
    t.equal((await app.send({ path: '/v2/repository/index', headers: { 'Content-Encoding': encoding }, body: bomb })).status, 413);
  }
});

t.test('a client that sends far more than the limit gets to read why it was refused', async (t) => {
  const app = await startOip(t, { models, env: { METAERR_BODY_LIMIT_MEBIBYTES: '1' } });
  const large = Buffer.alloc(40 * MEBIBYTE, 0x20);
  for (const request of [{ body: large }, { chunks: [large] }]) {
    const reply = await app.send({ path: INFER, ...request });
    t.equal(reply.status, 413);
    t.match(reply.json<{ error: string }>().error, /large/);
  }
});

t.test('the header is a non-negative integer', async (t) => {
  const app = await startOip(t, { models });
  for (const length of ['-1', '1.5', 'abc', '0x10', '1e2', '', '144, 144', '99999999999999999999']) {
    const reply = await app.send({ path: INFER, headers: { 'Inference-Header-Content-Length': length }, body: VECTOR });
    t.equal(reply.status, 400, length);
    t.match(reply.json<{ error: string }>().error, /Inference-Header-Content-Length/);
  }
  for (const length of ['145', '153', '7']) t.equal((await app.send({ path: INFER, headers: { 'Inference-Header-Content-Length': length }, body: VECTOR })).status, 400, length);
});

t.test('0 announces one raw tensor', async (t) => {
  const app = await startOip(t, { models });
  const reply = await app.send({ path: INFER, headers: { 'Inference-Header-Content-Length': '0' }, body: VECTOR.subarray(144) });
  t.equal(reply.status, 200, reply.body.toString());
});
