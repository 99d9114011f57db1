import t, { type Test } from 'tap';
import type { InjectOptions } from 'fastify';
import { startApp, type TestApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { addMetaModel } from '../support/http-meta-models.js';

const KEY = 'a-key-of-the-operator:1';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string } | string;
}
interface Request extends InjectOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
}
interface Operation {
  readonly security?: readonly object[];
}

const start = (t: Test, env: Readonly<Record<string, string>> = { METAERR_ADMIN_KEY: KEY }) => startApp(t, { models: { m: { onnx: linearClassifier() } }, env });

/** The operator's requests, in an order in which each of them works. */
async function operatorRequests(app: TestApp): Promise<readonly Request[]> {
  const version = await addMetaModel(app, 'm');
  const job = await app.system.retraining.retrain('m', { requestId: 'a-request', traceParent: null });
  await app.system.queue.ended(job.id);
  return [
    { method: 'POST', url: '/v1/models/m/retrain' },
    { method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` },
    { method: 'DELETE', url: `/v1/jobs/${job.id}` },
    { method: 'POST', url: '/v2/repository/models/m/load' },
    { method: 'POST', url: '/v2/repository/models/m/unload' },
  ];
}

t.test('the operator needs the key', async (t) => {
  const app = await start(t);
  const requests = await operatorRequests(app);
  const wrong = [{}, bearer('another-key-of-somebody'), bearer(`${KEY}x`), bearer(KEY.slice(0, -1)), { authorization: KEY }, { authorization: 'Bearer' }, { authorization: `Basic ${btoa(`admin:${KEY}`)}` }];
  for (const request of requests) {
    for (const headers of wrong) {
      const reply = await app.call<ErrorBody>({ ...request, headers });
      t.equal(reply.status, 401, `${request.method} ${request.url} with ${JSON.stringify(headers)}`);
      t.match(reply.headers['www-authenticate'], /^Bearer realm="metaerr"/);
      const own = request.url.startsWith('/v1');
      t.match(reply.body, own ? { error: { code: 'ADMIN_KEY_REQUIRED', message: /Authorization: Bearer/ } } : { error: /Authorization: Bearer/ }, 'in the form of its protocol');
    }
  }
  t.equal(app.system.catalogue.list()[0]?.state, 'ready', 'nothing was done');
  const statuses = [];
  for (const request of requests) statuses.push((await app.call({ ...request, headers: bearer(KEY) })).status);
  t.same(statuses, [202, 200, 409, 200, 200], 'with the key each does what it does');
});

t.test('all the others need none', async (t) => {
  const app = await start(t);
  const predict: Request = { method: 'POST', url: '/v1/models/m/predict', payload: { instances: [[1, 2, 3, 4]] } };
  const open: Request[] = [predict, ...['/v1/models', '/v1/models/m/meta-models', '/v1/models/m/report', '/healthz', '/readyz', '/metrics', '/docs', '/v2/models/m'].map((url) => ({ method: 'GET' as const, url }))];
  for (const request of open) t.ok((await app.call(request)).status < 400, request.url);
  t.equal((await app.call({ method: 'POST', url: '/v2/repository/index' })).status, 200);
});

t.test('without a key nobody is asked', async (t) => {
  const app = await start(t, {});
  for (const request of await operatorRequests(app)) t.not((await app.call(request)).status, 401, request.url);
});

t.test('the document says on exactly these routes that they are the operator\'s', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const document = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>>; components: { securitySchemes: object } };
  t.match(document.components.securitySchemes, { adminKey: { type: 'http', scheme: 'bearer' } });
  const guarded = Object.entries(document.paths).flatMap(([path, operations]) => Object.entries(operations).flatMap(([method, { security }]) => (security === undefined ? [] : [{ route: `${method} ${path}`, security }])));
  t.same(guarded.map(({ route }) => route).sort(), [
    'delete /v1/jobs/{id}',
    'post /v1/models/{model}/meta-models/{version}/promote',
    'post /v1/models/{model}/retrain',
    'post /v2/repository/models/{model}/load',
    'post /v2/repository/models/{model}/unload',
  ]);
  for (const { security, route } of guarded) t.same(security, [{}, { adminKey: [] }], route);
});

t.test('a job tells which request asked for it', async (t) => {
  const app = await start(t, {});
  const { body } = await app.call<{ id: string }>({ method: 'POST', url: '/v1/models/m/retrain', headers: { 'x-request-id': 'mine-1' } });
  t.match((await app.call({ method: 'GET', url: `/v1/jobs/${body.id}` })).body, { request_id: 'mine-1' });
});
