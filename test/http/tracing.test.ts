import { createServer } from 'node:http';
import t from 'tap';
import { RELEASE } from '../../src/system-release.js';
import { startApp, temporaryFolder, writeModels } from '../support/http-app.js';
import { listenOnLoopback } from '../support/http-loopback.js';
import { addMetaModel } from '../support/http-meta-models.js';
import { linearClassifier } from '../support/http-models.js';
import { startServer } from '../support/http-process.js';
import { startCollector, type CollectedSpan } from '../support/trace-collector.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SAMPLED = { traceparent: `00-${TRACE}-${CALLER}-01` };
const models = { m: { onnx: linearClassifier(), yaml: 'labels: [a, b, c]\n' } };
const instances = [[1, 0, 0, 0], [0, 1, 0, 0]];
const [SERVER, ERROR] = [2, 2];

const predict = (headers: Record<string, string> = {}, payload: object = { instances }) => ({ method: 'POST', url: '/v1/models/m/predict?x=1', payload, headers }) as const;
const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
  const [span] = spans.filter((each) => each.name === name);
  if (span === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join(', ')}`);
  return span;
};

t.test('a prediction in the trace of its caller, stage by stage', async (t) => {
  const collector = await startCollector(t);
  const app = await startApp(t, { models, env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_SERVICE_NAME: 'fraud' } });
  const version = await addMetaModel(app, 'm');
  await app.call({ method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` });
  const { body, headers } = await app.call<{ prediction_id: string }>(predict({ ...SAMPLED, 'x-request-id': 'mine' }));
  // The promotion is a trace of its own.
  const spans = (await collector.spans(9)).filter(({ traceId }) => traceId === TRACE);
  t.match(collector.requests[0], { path: '/v1/traces', type: 'application/x-protobuf' });

  const request = named(spans, 'POST /v1/models/:model/predict');
  t.match(request, { traceId: TRACE, parent: CALLER, kind: SERVER, status: 0, resource: { 'service.name': 'fraud', 'service.version': RELEASE } });
  t.match(request.attributes, {
    'http.request.method': 'POST', 'http.route': '/v1/models/:model/predict', 'url.path': '/v1/models/m/predict', 'http.response.status_code': 200, 'metaerr.request_id': 'mine',
    'metaerr.model': 'm', 'metaerr.version': '1', 'metaerr.rows': 2, 'metaerr.batch_rows': 2, 'metaerr.prediction_id': body.prediction_id, 'metaerr.status': 'ok', 'metaerr.meta_version': 1,
  });
  t.equal(headers['x-request-id'], 'mine');
  const stages = ['parse', 'queue', 'base', 'features', 'meta', 'ledger', 'reply'].map((name) => named(spans, name));
  t.equal(spans.length, 8, 'and no other');
  for (const stage of stages) t.match(stage, { traceId: TRACE, parent: request.spanId });
  // Milliseconds as floats hold no single nanoseconds.
  const slack = 2_000n;
  for (const { name, from, to } of stages) t.ok(request.from - slack <= from && from <= to && to <= request.to + slack, `${name} lies within the request`);
  for (const [index, { name, from }] of stages.entries()) if (index > 0) t.ok(from + slack >= (stages[index - 1] as CollectedSpan).to, `${name} begins after the stage before it`);
});

t.test('what is traced, and what is not', async (t) => {
  const collector = await startCollector(t);
  const { call, app } = await startApp(t, {
    models,
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/mine`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    services: ({ predict: real }) => ({ predict: { predict: (request, write) => (request.model === 'broken' ? Promise.reject(new TypeError('a defect')) : real.predict(request, write)) } }),
  });
  for (const url of ['/healthz', '/readyz', '/metrics', '/v2/health/live', '/ui/', '/nothing']) await app.inject({ url });
  await call(predict({ traceparent: `00-${TRACE}-${CALLER}-00` }));
  await call(predict(SAMPLED, {}));
  await call({ ...predict(SAMPLED), url: '/v1/models/broken/predict' });
  await app.inject({ method: 'POST', url: '/v2/models/m/infer', headers: { traceparent: 'nonsense' }, payload: { inputs: [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [1, 0, 0, 0] }] } });
  const spans = await collector.spans(9);
  t.match(collector.requests[0], { path: '/mine', type: 'application/json' });
  const first = spans.filter(({ kind }) => kind === SERVER);
  t.same(first.map(({ name, status, attributes }) => [name, attributes['http.response.status_code'], attributes['error.type'], status]), [
    ['POST /v1/models/:model/predict', 400, 'INVALID_REQUEST', 0],
    ['POST /v1/models/:model/predict', 500, 'TypeError', ERROR],
    ['POST /v2/models/:model/infer', 200, undefined, 0],
  ], 'a refusal is no error of the server; who was not sampled by its caller is not here either');
  const infer = first.at(-1) as CollectedSpan;
  t.equal(infer.parent, '', 'what cannot be read of the caller begins a trace of its own');
  t.not(infer.traceId, TRACE);
  t.same(spans.filter(({ parent }) => parent === infer.spanId).map(({ name }) => name).sort(), ['base', 'features', 'ledger', 'parse', 'queue', 'reply']);
});

t.test('a collector that does not answer costs nothing but its traces', async (t) => {
  const { url: silent } = await listenOnLoopback(t, createServer(() => undefined));
  const folder = temporaryFolder(t);
  const server = await startServer({
    modelRepository: writeModels(folder, models), dataDir: `${folder}/data`,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: silent },
  });
  t.equal((await server.post('/v1/models/m/predict', { instances })).status, 200);
  t.match(await (await fetch(`${server.url}/metrics`)).text(), /^metaerr_trace_queue_spans [1-9]/m);
  server.child.kill('SIGTERM');
  t.equal(await server.ended, 0);
});
