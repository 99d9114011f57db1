import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

t.test('ranges of time are read alike by the report and the export', async (t) => {
  const { app } = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  for (const path of ['/v1/models/m/report', '/v1/models/m/ledger', '/v1/models/m/predictions']) {
    const get = async (query: Record<string, string>) => (await app.inject({ url: path, query })).statusCode;
    t.equal(await get({ from: '2026-03-01T12:00:00Z', to: '2026-03-01T13:00:00+01:00' }), 200, 'the same moment twice is an empty range');
    t.equal(await get({ from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }), 400, 'from after to');
    t.equal(await get({ to: '2026-06-30T23:59:60Z' }), 400, 'a second that JavaScript cannot tell');
    const reply = await app.inject({ url: path, query: { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' } });
    t.match(reply.json(), { error: { code: 'INVALID_REQUEST', field: 'from' } });
  }
});
