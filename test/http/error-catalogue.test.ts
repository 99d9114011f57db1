import t, { type Test } from 'tap';
import { ERROR_CATALOGUE, MetaErrError, type HttpErrorCode } from '../../src/core/errors.js';
import { HTTP_STATUS } from '../../src/plugins/errors.js';
import type { InjectOptions } from 'fastify';
import { startApp, type TestApp } from '../support/http-app.js';
import { fussyClassifier, linearClassifier, roundsFor, slowClassifier } from '../support/http-models.js';
import { addMetaModel } from '../support/http-meta-models.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string; readonly request_id: string };
}

const json = (url: string, payload: unknown): InjectOptions => ({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(payload) });
const row = { instances: [[1, 2, 3, 4]] };

const reached = new Set<string>();

async function expectError(t: Test, app: TestApp, code: HttpErrorCode, request: InjectOptions, words: RegExp): Promise<void> {
  const { status, body, headers } = await app.call<ErrorBody>(request);
  t.equal(body.error?.code, code, `${code} is answered`);
  t.equal(status, HTTP_STATUS[code], `${code} has its HTTP number`);
  t.match(body.error?.message, words, `${code} says what is wrong`);
  t.equal(headers['x-request-id'], body.error?.request_id, 'the request id is in the reply');
  if (status === 503) t.match(String(headers['retry-after']), /^\d+$/, `${code} says when to try again`);
  reached.add(code);
}


t.test('errors of the request', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() }, fussy: { onnx: fussyClassifier() }, broken: { onnx: Buffer.from('no model') } }, env: { METAERR_BODY_LIMIT_MEBIBYTES: '1' } });
  const predict = '/v1/models/m/predict';
  const text = (payload: string, type: string): InjectOptions => ({ method: 'POST', url: predict, headers: { 'content-type': type }, payload });

  await expectError(t, app, 'INVALID_JSON', text('{"instances": [[1,', 'application/json'), /JSON/);
  await expectError(t, app, 'UNSUPPORTED_MEDIA_TYPE', text('a,b', 'text/csv'), /application\/json, got text\/csv/);
  await expectError(t, app, 'PAYLOAD_TOO_LARGE', text(' '.repeat(1_100_000), 'application/json'), /large/);
  await expectError(t, app, 'INVALID_REQUEST', json('/v1/ground-truth', { items: [{ prediction_id: 7 }] }), /items\[0\]\.prediction_id.*string/);
  await expectError(t, app, 'INVALID_INPUT', json(predict, { instances: [[1, 2, 3]] }), /instances\[0\]|X/);
  await expectError(t, app, 'ROUTE_NOT_FOUND', { method: 'GET', url: '/v1/nothing' }, /\/v1\/nothing/);
  await expectError(t, app, 'METHOD_NOT_ALLOWED', { method: 'PUT', url: predict }, /PUT/);
  await expectError(t, app, 'MODEL_NOT_FOUND', json('/v1/models/absent/predict', row), /absent/);
  await expectError(t, app, 'VERSION_NOT_FOUND', json('/v1/models/m/versions/9/predict', row), /9/);
  await expectError(t, app, 'MODEL_UNAVAILABLE', json('/v1/models/broken/predict', row), /broken/);
  await expectError(t, app, 'INFERENCE_FAILED', json('/v1/models/fussy/predict', { instances: [7] }), /fussy|Gather|bounds|indices/i);
  await expectError(t, app, 'PREDICTION_NOT_FOUND', { method: 'GET', url: '/v1/predictions/nothing' }, /nothing/);
  await expectError(t, app, 'META_MODEL_NOT_FOUND', json('/v1/models/m/meta-models/5/promote', {}), /5/);
  await expectError(t, app, 'JOB_NOT_FOUND', { method: 'GET', url: '/v1/jobs/job_0' }, /job_0/);
});

t.test('models that are served elsewhere, and those that are not', async (t) => {
  const yaml = 'source: external\noutputs: [{ name: p, shape: [-1, 3] }]\nscores: logits\n';
  const regression = 'source: external\ntask: regression\ntolerance: { absolute: 1 }\noutputs: [{ name: y, shape: [-1, 1] }]\n';
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() }, elsewhere: { yaml }, price: { yaml: regression } } });
  await expectError(t, app, 'MODEL_HAS_NO_LABELS', { url: '/v1/models/price/pseudo-labels?coverage=1' }, /price.*regression/);
  await expectError(t, app, 'MODEL_IS_EXTERNAL', json('/v1/models/elsewhere/predict', row), /elsewhere.*score/);
  await expectError(t, app, 'MODEL_NOT_EXTERNAL', json('/v1/models/m/score', { outputs: { probabilities: [[0.1, 0.2, 0.7]] } }), /m/);
});

t.test('a model that was taken out of service', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  await app.system.repository.unload('m');
  await expectError(t, app, 'MODEL_UNLOADED', json('/v1/models/m/predict', row), /m is unloaded/);
});

t.test('a model that cannot be loaded', async (t) => {
  const app = await startApp(t, { models: { broken: { onnx: Buffer.from('no model') } } });
  // The Open Inference Protocol, which alone loads models, has no place for the code: the words tell that it is the same error.
  const refused = await app.system.repository.load('broken').then(() => null, (error: unknown) => error);
  t.match(refused, { code: 'MODEL_LOAD_FAILED' });
  const { status, body } = await app.call<{ error: string }>({ method: 'POST', url: '/v2/repository/models/broken/load' });
  t.equal(status, HTTP_STATUS.MODEL_LOAD_FAILED);
  t.same(body, { error: (refused as Error).message });
  reached.add('MODEL_LOAD_FAILED');
});

t.test('jobs and promotions', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const { body: job } = await app.call<{ id: string }>({ method: 'POST', url: '/v1/models/m/retrain' });
  await app.system.queue.ended(job.id);
  await expectError(t, app, 'JOB_NOT_CANCELLABLE', { method: 'DELETE', url: `/v1/jobs/${job.id}` }, /ended/);

  const versions = [await addMetaModel(app, 'm'), await addMetaModel(app, 'm')];
  const replies = await Promise.all(versions.map((version) => app.call<ErrorBody>({ method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` })));
  const refused = replies.filter(({ status }) => status !== 200);
  t.equal(refused.length, 1, 'of two promotions at the same time one is refused');
  t.equal(refused[0]?.status, HTTP_STATUS.PROMOTION_CONFLICT);
  t.equal(refused[0]?.body.error.code, 'PROMOTION_CONFLICT');
  reached.add('PROMOTION_CONFLICT');
});

t.test('load and time', async (t) => {
  const yaml = 'batching: { max_rows: 1, max_queue_rows: 1, timeout_milliseconds: 40, max_delay_microseconds: 0 }\n';
  const app = await startApp(t, { models: { slow: { onnx: slowClassifier(await roundsFor(150)), yaml } }, start: false });
  const url = '/v1/models/slow/predict';

  const starting = app.system.start();
  while (!app.system.catalogue.list().some(({ state }) => state === 'loading')) await new Promise(setImmediate);
  await expectError(t, app, 'MODEL_NOT_READY', json(url, row), /loading/);
  await starting;

  const replies = await Promise.all([1, 2, 3, 4].map(() => app.call<ErrorBody>(json(url, row))));
  const codes = replies.map(({ status, body }) => (status === 200 ? 'ok' : body.error.code)).sort();
  t.ok(codes.includes('ok'), `the first is answered (${codes.join(', ')})`);
  for (const code of ['QUEUE_FULL', 'REQUEST_TIMEOUT'] as const) {
    const reply = replies.find(({ body }) => body.error?.code === code);
    t.equal(reply?.status, HTTP_STATUS[code], `${code} has its HTTP number`);
    if (reply !== undefined) reached.add(code);
  }
});

t.test('closing and defects', async (t) => {
  const app = await startApp(t, {
    models: { m: { onnx: linearClassifier() } },
    services: ({ ledger }) => ({ ledger: Object.assign(Object.create(ledger) as typeof ledger, { prediction: () => Promise.reject(new TypeError('a secret detail')) }) }),
  });
  await expectError(t, app, 'INTERNAL', { method: 'GET', url: '/v1/predictions/any' }, /defect/);
  app.system.refuse();
  await expectError(t, app, 'SHUTTING_DOWN', json('/v1/models/m/predict', row), /shutting down/);
  const { status } = await app.call({ method: 'GET', url: '/healthz' });
  t.equal(status, 200, 'the probe still answers');
});

t.test('a store that is away', async (t) => {
  const away = () => Promise.reject(new MetaErrError('STORE_UNAVAILABLE', 'Redis cannot be used now', { retryAfterSeconds: 7 }));
  const app = await startApp(t, {
    models: { m: { onnx: linearClassifier() } },
    services: ({ queue, retraining }) => ({ queue: { ...queue, get: away, cancel: away }, retraining: { ...retraining, retrain: away, promote: away, metaModels: away } }),
  });
  const requests: InjectOptions[] = [
    { method: 'POST', url: '/v1/models/m/retrain' },
    { method: 'GET', url: '/v1/models/m/meta-models' },
    { method: 'POST', url: '/v1/models/m/meta-models/1/promote' },
    { method: 'GET', url: '/v1/jobs/job_0' },
    { method: 'DELETE', url: '/v1/jobs/job_0' },
  ];
  for (const request of requests) {
    await expectError(t, app, 'STORE_UNAVAILABLE', request, /Redis/);
    t.equal((await app.call(request)).headers['retry-after'], '7', 'Retry-After is what the store says');
  }
});

t.test('an operator without the key', async (t) => {
  const app = await startApp(t, { models: {}, env: { METAERR_ADMIN_KEY: 'a-key-of-the-operator' } });
  await expectError(t, app, 'ADMIN_KEY_REQUIRED', { method: 'POST', url: '/v1/models/m/retrain' }, /Authorization/);
});

t.test('every error of the catalogue was reached over HTTP', async (t) => {
  // Its own test, on a disk that is full: test/http/full-disk.test.ts.
  reached.add('LEDGER_UNAVAILABLE');
  // There is no request that could be injected: test/http/client-errors.test.ts.
  for (const code of ['INVALID_HTTP', 'HEADERS_TOO_LARGE', 'REQUEST_INCOMPLETE']) reached.add(code);
  // Nobody is there to get it: test/http/client-gone.test.ts.
  reached.add('CLIENT_GONE');
  const http = Object.entries(ERROR_CATALOGUE).filter(([, { surface }]) => surface === 'http').map(([code]) => code);
  t.same([...reached].sort(), http.sort());
});
