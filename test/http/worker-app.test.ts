import t, { type Test } from 'tap';
import { createWorkerApp } from '../../src/app-worker.js';
import { MetaErrError } from '../../src/core/errors.js';
import { createLogger } from '../../src/core/logger.js';
import { createMetrics } from '../../src/core/metrics.js';

async function start(t: Test) {
  const state = { missing: [] as string[], refusal: null as MetaErrError | null };
  const app = await createWorkerApp({ metrics: createMetrics(), missing: () => state.missing, refusal: () => state.refusal }, createLogger('silent'));
  t.teardown(() => app.close());
  return { app, state, get: async (url: string) => app.inject({ url }) };
}

t.test('probes', async (t) => {
  const { state, get } = await start(t);
  state.missing.push('the consumer does not run');
  const waiting = await get('/readyz');
  t.equal(waiting.statusCode, 503);
  t.match(waiting.headers['retry-after'], /^\d+$/);
  t.same(waiting.json(), { ready: false, missing: ['the consumer does not run'] });
  t.equal((await get('/healthz')).statusCode, 200, 'it lives');
  state.missing.pop();
  const ready = await get('/readyz');
  t.equal(ready.statusCode, 200);
  t.same(ready.json(), { ready: true, missing: [] });
  state.refusal = new MetaErrError('SHUTTING_DOWN', 'The worker is shutting down.');
  t.match((await get('/readyz')).json(), { ready: false, missing: ['The worker is shutting down.'] });
  t.equal((await get('/healthz')).statusCode, 200);
});

t.test('metrics, and what has no route', async (t) => {
  const { app, get } = await start(t);
  const metrics = await get('/metrics');
  t.match(metrics.headers['content-type'], /^text\/plain/);
  t.match(metrics.body, /# TYPE metaerr_retrainings_total counter/);
  t.match(metrics.body, /^process_resident_memory_bytes \d+$/m);
  const unknown = await get('/v1/models');
  t.equal(unknown.statusCode, 404);
  t.match(unknown.json(), { error: { code: 'ROUTE_NOT_FOUND', request_id: unknown.headers['x-request-id'] } });
  t.equal((await app.inject({ method: 'POST', url: '/metrics' })).statusCode, 405);
});
