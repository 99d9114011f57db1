import t from 'tap';
import { startApp, type TestApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

const PATIENCE_MILLISECONDS = 150_000;
const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };

interface Reply {
  readonly prediction_id: string;
  readonly metaerr_status: string;
  readonly predictions: readonly unknown[];
  readonly error: { readonly code: string; readonly field: string; readonly message: string };
}

const predict = ({ call }: TestApp, rows: number) =>
  call<Reply>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances: Array.from({ length: rows }, (_, row) => [row, 2, 3, 4]) } });

t.test('a request of more rows than may wait for the ledger is in it', async (t) => {
  for (const durable of ['true', 'false']) {
    const app = await startApp(t, { models: MODELS, env: { METAERR_LEDGER_BUFFER_ROWS: '3', METAERR_LEDGER_DURABLE: durable } });
    const { status, body } = await predict(app, 40);
    t.equal(status, 200);
    t.equal(body.predictions.length, 40);
    t.equal(body.metaerr_status, 'cold_start');
    await within(PATIENCE_MILLISECONDS, async () => (await app.call({ url: `/v1/predictions/${body.prediction_id}` })).status === 200);
    const logged = await app.call<Reply>({ url: `/v1/predictions/${body.prediction_id}` });
    t.equal(logged.body.predictions.length, 40);
  }
});

t.test('what Redis cannot take in one piece is refused before it runs, with the limit', async (t) => {
  const app = await startApp(t, { models: MODELS, env: { REDIS_URL: (await startRedis(t)).url } });
  const { status, body } = await predict(app, 50_001);
  t.equal(status, 400);
  t.match(body.error, { code: 'INVALID_INPUT', field: 'rows', message: /at most 50000 rows in a request.*got 50001/ });
  t.equal((await predict(app, 3)).status, 200);
});
