import { gzipSync } from 'node:zlib';
import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier, stringEcho } from '../support/http-models.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string; readonly request_id: string };
}

t.test('what Fastify refuses before a route is called has the form of every error', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  for (const url of ['/v1/models/%', '/v1/models/%ff', `/v1/models/${'a'.repeat(5000)}`, `/v1/predictions/${'x'.repeat(300)}`]) {
    const reply = await app.app.inject({ method: 'GET', url });
    const { error } = reply.json<ErrorBody>();
    t.equal(reply.statusCode, 400, url.slice(0, 40));
    t.equal(error.code, 'INVALID_REQUEST');
    t.equal(error.request_id, reply.headers['x-request-id']);
  }
});

t.test('a text is not read as a body', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const headers = { 'content-type': 'text/plain' };
  const { status, body } = await app.call<ErrorBody>({ method: 'POST', url: '/v1/models/m/predict', headers, payload: '{"instances": [[1, 2, 3, 4]]}' });
  t.equal(status, 415);
  t.equal(body.error.code, 'UNSUPPORTED_MEDIA_TYPE');
});

t.test('where no route is, the body and its type do not matter', async (t) => {
  const { app } = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const refused = async (method: string, url: string, type: string | null, status: number) => {
    const headers = type === null ? {} : { 'content-type': type };
    // `inject` of Fastify names fewer methods than Node.js has.
    const reply = await app.inject({ method: method as 'POST', url, headers, payload: '{' });
    t.equal(reply.statusCode, status, `${method} ${url} ${type}`);
    return reply;
  };
  const { headers } = await refused('QUERY', '/v1/models', null, 405);
  t.match(headers, { allow: 'GET, HEAD' });
  await refused('PUT', '/v1/models/m/predict', 'application/json', 405);
  await refused('POST', '/v1/nothing', 'application/json', 404);
  await refused('POST', '/v1/nothing', 'text/csv', 404);
});

t.test('letters in another encoding than UTF-8 are refused, not replaced', async (t) => {
  const app = await startApp(t, { models: { echo: { onnx: stringEcho() } } });
  const json = { 'content-type': 'application/json' };
  const latin = (text: string) => Buffer.from(text, 'latin1');
  for (const headers of [json, { 'content-type': 'application/json; charset=iso-8859-1' }]) {
    const { status, body } = await app.call<ErrorBody>({ method: 'POST', url: '/v1/models/echo/predict', headers, payload: latin('{"instances": ["Käse"]}') });
    t.equal(status, 400);
    t.match(body.error, { code: 'INVALID_JSON', message: /not UTF-8/ });
  }
  const truth = await app.call<ErrorBody>({ method: 'POST', url: '/v1/ground-truth', headers: json, payload: latin('{"items": [{"model": "echo", "id": "1", "label": "Käse"}]}') });
  t.equal(truth.status, 400);
  t.match(truth.body.error, { code: 'INVALID_JSON', message: /not UTF-8/ });
  const reply = await app.call<{ predictions: { outputs: { echo: string } }[] }>({ method: 'POST', url: '/v1/models/echo/predict', headers: json, payload: Buffer.from('{"instances": ["Käse \ufffd"]}') });
  t.equal(reply.body.predictions[0]?.outputs.echo, 'Käse \ufffd', 'in UTF-8 they stay, and so does the replacement character itself');
});

t.test('a byte order mark before the JSON or the lines of a body is passed over', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } } });
  const marked = (text: string) => Buffer.from(`\ufeff${text}`);
  const sent = (url: string, type: string, payload: Buffer) => app.call<{ prediction_id: string }>({ method: 'POST', url, headers: { 'content-type': type }, payload });
  const predicted = await sent('/v1/models/m/predict', 'application/json', marked('{"instances": [[1, 2, 3, 4]]}'));
  t.equal(predicted.status, 200);
  const inputs = '[{"name": "X", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]';
  t.equal((await sent('/v2/models/m/infer', 'application/json', marked(`{"inputs": ${inputs}}`))).status, 200);
  const item = `{"prediction_id": "${predicted.body.prediction_id}", "row": 0, "label": "0"}`;
  const { body } = await sent('/v1/ground-truth', 'application/x-ndjson', marked(`${item}\n`));
  t.same(body, { lines: 1, counts: { matched: 1 }, invalid: [] });
});

t.test('a compressed body is refused as such where none is read, also a stream of lines', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const sent = async (url: string, type: string, encoding: string, text: string) => {
    const headers = { 'content-type': type, 'content-encoding': encoding };
    return app.call<ErrorBody>({ method: 'POST', url, headers, payload: encoding === 'gzip' ? gzipSync(text) : text });
  };
  const line = '{"model": "m", "id": "1", "label": "0"}\n';
  for (const encoding of ['gzip', 'br', 'gzip, gzip']) {
    for (const [url, type, text] of [['/v1/models/m/predict', 'application/json', '{"instances": [[1, 2, 3, 4]]}'], ['/v1/ground-truth', 'application/x-ndjson', line]] as const) {
      const { status, body } = await sent(url, type, encoding, text);
      t.equal(status, 415, `${encoding} to ${url}`);
      t.match(body.error, { code: 'UNSUPPORTED_MEDIA_TYPE', message: new RegExp(`content encoding ${encoding}`) });
    }
  }
  t.equal((await sent('/v1/ground-truth', 'application/x-ndjson', 'Identity', line)).status, 200, 'identity is none');
  t.equal((await sent('/v1/nothing', 'application/json', 'gzip', '{}')).status, 404, 'a path that is not there is told first');
});

t.test('nothing is called by a text with U+0000, and asking for it is no defect of the service', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const asked = [['GET', '/v1/predictions/a%00', 'prediction_id'], ['GET', '/v1/jobs/%00', 'id'], ['DELETE', '/v1/jobs/job%00', 'id'], ['GET', '/v1/jobs?model=m%00', 'model']] as const;
  for (const [method, url, field] of asked) {
    const { status, body } = await app.call<ErrorBody>({ method, url });
    t.equal(status, 400, `${method} ${url}`);
    t.match(body.error, { code: 'INVALID_REQUEST', field });
  }
});

t.test('a body that a route does not need is refused as its document says', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } }, env: { METAERR_BODY_LIMIT_MEBIBYTES: '1' } });
  const routes = [['POST', '/v1/models/m/retrain'], ['POST', '/v1/models/m/meta-models/1/promote'], ['DELETE', '/v1/jobs/job_1']] as const;
  for (const [method, url] of routes) {
    // `call` holds every status against the document.
    t.equal((await app.call({ method, url, headers: { 'content-type': 'text/csv' }, payload: 'a,b' })).status, 415, `${method} ${url}`);
    t.equal((await app.call({ method, url, headers: { 'content-type': 'application/json' }, payload: ' '.repeat(1_100_000) })).status, 413, `${method} ${url}`);
  }
});
