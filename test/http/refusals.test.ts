import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly request_id: string };
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
