import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Row {
  readonly row: number;
  readonly decision: string;
  readonly audit?: boolean;
  readonly choice_probability?: number | null;
}

const yaml = 'retraining: { automatic: false }\nreview_threshold: 0.2\naudit_share: 0.25\nlabelling: reviewed\n';

t.test('audited rows are marked in the reply, the export, the list and the history; ground truth may say how a row was chosen', async (t) => {
  const { app } = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  const instances = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i * i), Math.sin(3 * i), Math.cos(7 * i)]);
  const answered = await app.inject({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } });
  t.equal(answered.statusCode, 200, answered.body);
  const { prediction_id: id, predictions } = answered.json<{ prediction_id: string; predictions: Row[] }>();
  const audited = predictions.filter(({ audit }) => audit === true).map(({ row }) => row);
  t.ok(audited.length > 20 && audited.length < 85, `${audited.length} of 200`);
  for (const { decision, choice_probability: choice } of predictions) t.ok(Math.abs((choice ?? 0) - (decision === 'review' ? 1 : 0.25)) < 1e-4);
  t.same(new Set(predictions.map(({ decision }) => decision)), new Set(['accept', 'review']), 'both decisions are there');

  const accepted = predictions.find(({ decision }) => decision === 'accept')?.row ?? 0;
  const post = (items: unknown[]) => app.inject({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
  t.equal((await post([{ prediction_id: id, row: accepted, correct: true, selection: { probability: 0.5 } }])).statusCode, 200);
  for (const selection of [{ probability: 0 }, { probability: 2 }, {}, { probability: 0.5, more: 1 }]) {
    const refused = await post([{ prediction_id: id, row: 0, correct: true, selection }]);
    t.equal(refused.statusCode, 400);
    t.match(refused.json(), { error: { field: /selection/ } });
  }
  const line = await app.inject({ method: 'POST', url: '/v1/ground-truth', headers: { 'content-type': 'application/x-ndjson' }, payload: `{"prediction_id":"${id}","row":1,"correct":true,"selection":{"probability":3}}\n` });
  t.match(line.json(), { counts: { invalid: 1 }, invalid: [{ line: 1, reason: /probability/ }] });

  const exported = (await app.inject({ url: '/v1/models/m/ledger' })).body.trim().split('\n').map((text) => JSON.parse(text) as Row);
  t.same(exported.filter(({ audit }) => audit === true).map(({ row }) => row), audited);
  const choiceOf = (rows: readonly Row[]) => rows.find(({ row }) => row === accepted)?.choice_probability ?? 0;
  t.ok(Math.abs(choiceOf(exported) - 0.5) < 1e-4, 'as the ground truth says');
  const { predictions: listed } = (await app.inject({ url: '/v1/models/m/predictions?limit=1000' })).json<{ predictions: Row[] }>();
  t.same(listed.filter(({ audit }) => audit === true).map(({ row }) => row).sort((a, b) => a - b), audited);
  const { predictions: history } = (await app.inject({ url: `/v1/predictions/${id}` })).json<{ predictions: Row[] }>();
  t.same(history.filter(({ audit }) => audit === true).map(({ row }) => row), audited);
  t.ok(Math.abs(choiceOf(history) - 0.5) < 1e-4);
});
