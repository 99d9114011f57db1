import t from 'tap';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { startCollector } from '../support/trace-collector.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SAMPLED = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
const ROWS = 60;

interface Reply {
  readonly prediction_id: string;
  readonly predictions: readonly { readonly label: string }[];
}

t.test('a retraining has a trace of its own, which names the request that asked for it', async (t) => {
  const collector = await startCollector(t);
  const { call, system } = await startApp(t, {
    models: { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } }, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  const random = createRandom(21);
  const instances = Array.from({ length: ROWS }, () => Array.from({ length: 4 }, () => 0.2 * random.normal()));
  const { body } = await call<Reply>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } });
  const items = body.predictions.map(({ label }, row) => ({ prediction_id: body.prediction_id, row, label }));
  await call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
  const retrain = async (headers: Record<string, string>) => {
    const { body: job } = await call<{ id: string }>({ method: 'POST', url: '/v1/models/m/retrain', headers });
    t.match(await system.queue.ended(job.id), { state: 'completed' });
    return job.id;
  };
  const first = await retrain({ ...SAMPLED, 'x-request-id': 'mine' });
  const second = await retrain({ traceparent: SAMPLED.traceparent.replace(/1$/, '0') });

  const [promoted, kept] = await collector.traces('retrain', 2);
  t.match(promoted?.root.attributes, {
    'metaerr.job_id': first, 'metaerr.trigger': 'manual', 'metaerr.request_id': 'mine', 'metaerr.result': 'promoted', 'metaerr.rows': ROWS, 'metaerr.failures': 0, 'metaerr.meta_version': 1,
  });
  const request = await collector.span('POST /v1/models/:model/retrain');
  t.equal(request.traceId, TRACE);
  t.same(promoted?.root.links, [{ traceId: TRACE, spanId: request.spanId }], 'the span of the request, in the trace of its caller');
  t.same(promoted?.stages.map(({ name }) => name), ['queue', 'read', 'fit', 'judge', 'promote'], 'the steps of a real training are known');
  t.match(kept?.root, { links: [], attributes: { 'metaerr.job_id': second } }, 'a request that was not sampled has no span to be linked to');
});
