import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Ready {
  readonly ready: boolean;
  readonly missing: readonly string[];
}

t.test('a server that can predict is ready, and says what it does without', async (t) => {
  const missing: string[] = [];
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } }, start: false, services: () => ({ missing: () => missing }) });
  const ask = () => app.call<Ready>({ url: '/readyz' });
  missing.push('redis: not connected since 2026-03-01T12:00:00.000Z');
  t.match(await ask(), { status: 503, body: { ready: false }, headers: { 'retry-after': '1' } }, 'no model was tried yet');
  await app.system.start();
  t.match(await ask(), { status: 200, body: { ready: true, missing: ['redis: not connected since 2026-03-01T12:00:00.000Z'] } });
  t.equal((await app.call({ method: 'GET', url: '/v2/health/ready' })).status, 200);
  missing.pop();
  t.same((await ask()).body.missing, []);
  app.system.refuse();
  t.match(await ask(), { status: 503, body: { ready: false } }, 'not when it closes');
  t.equal((await app.call({ url: '/healthz' })).status, 200);
});
