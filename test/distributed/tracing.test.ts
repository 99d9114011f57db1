import t from 'tap';
import { learningModel, retrain, teach, whenEnded } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { startCollector } from '../support/trace-collector.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const ROWS = 400;

t.test('the worker sends the trace of a retraining, which names the request to the server', async (t) => {
  const collector = await startCollector(t);
  const { urls, workers } = await startDistributed(t, {
    models: { m: learningModel('retraining: { automatic: false }\n') }, servers: 1, workers: 1,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' }, envOf: { 'worker-0': { OTEL_SERVICE_NAME: 'trainer' } },
  });
  const [url = ''] = urls;
  const { failures } = await teach(urls, 'm', { rows: ROWS, seed: 31, batch: 100 });
  const { body: asked } = await retrain(url, 'm', { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'x-request-id': 'mine' });
  const job = await whenEnded(url, asked.id);
  t.match(job, { state: 'completed', result: { promoted: true } });

  const [whole] = await collector.traces('retrain', 1);
  t.match(whole?.root, { status: 0, resource: { 'service.name': 'trainer' } });
  t.same(whole?.root.attributes, {
    'metaerr.model': 'm', 'metaerr.version': '1', 'metaerr.job_id': asked.id, 'metaerr.trigger': 'manual', 'metaerr.request_id': 'mine',
    'metaerr.result': 'promoted', 'metaerr.rows': ROWS, 'metaerr.failures': failures, 'metaerr.meta_version': 1,
  });
  t.same(whole?.stages.map(({ name }) => name), ['queue', 'read', 'fit', 'judge', 'promote']);
  const request = await collector.span('POST /v1/models/:model/retrain');
  t.match(request, { traceId: TRACE, resource: { 'service.name': 'metaerr' } });
  t.same(whole?.root.links, [{ traceId: TRACE, spanId: request.spanId }]);
  const line = await workers[0]?.logged(({ msg }) => msg === 'retraining ended', 10_000);
  t.match(line, { job: asked.id, trace_id: whole?.root.traceId, span_id: whole?.root.spanId });
});
