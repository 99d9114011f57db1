import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Answer {
  readonly error?: { readonly code: string };
  readonly results?: readonly { readonly status: string; readonly reason?: string }[];
}

t.test('a server that has not looked at its models yet calls none of them unknown', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } }, start: false });
  const post = (url: string, payload: object) => app.call<Answer>({ method: 'POST', url, payload });
  const truth = { items: [{ model: 'm', id: 'early', label: '1' }, { model: 'other', id: 'early', label: '1' }] };
  const notReady = { status: 503, body: { error: { code: 'MODEL_NOT_READY' } }, headers: { 'retry-after': '2' } };
  t.match(await post('/v1/ground-truth', truth), notReady, 'a ground truth would be given up by a client that is told it is invalid');
  t.match(await post('/v1/models/m/predict', { instances: [[1, 2, 3, 4]] }), notReady);
  t.match(await app.call({ url: '/v1/models/m/report' }), notReady);
  const infer = await app.call({ method: 'POST', url: '/v2/models/m/infer', payload: { inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] }] } });
  t.match(infer, { status: 503, headers: { 'retry-after': '2' } });
  await app.system.start();
  t.same((await post('/v1/ground-truth', truth)).body.results, [{ status: 'pending' }, { status: 'invalid', reason: 'unknown_model' }]);
  t.match(await post('/v1/models/other/predict', { instances: [[1, 2, 3, 4]] }), { status: 404, body: { error: { code: 'MODEL_NOT_FOUND' } } });
});
