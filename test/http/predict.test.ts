import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { addMetaModel } from '../support/http-meta-models.js';

interface Predictions {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly version: string;
  readonly predictions: readonly { row: number; label: string; confidence: number; failure_probability: number; decision: string; outputs: { probabilities: number[] } }[];
}
interface Recorded {
  readonly meta_version: number;
  readonly predictions: readonly { row: number; label: string; failure: boolean | null; failure_probability: number; ground_truths: readonly { value: string; current: boolean }[] }[];
}

const yaml = 'labels: [a, b, c]\nreview_threshold: 0.2\n';
const rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0.01, 0.01, 0, 0]];
const predict = (payload: unknown) => ({ method: 'POST', url: '/v1/models/m/predict', payload: payload as object }) as const;

t.test('a prediction carries label, confidence, failure probability and decision', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  const { status, body } = await app.call<Predictions>(predict({ instances: rows }));
  t.equal(status, 200);
  t.match(body, { version: '1', meta_version: 0, metaerr_status: 'cold_start' });
  t.match(body.prediction_id, /^[0-9A-Z]{6}_[0-9A-Z]{26}$/);
  for (const [index, { row, label, confidence, failure_probability: score, decision, outputs }] of body.predictions.entries()) {
    const best = Math.max(...outputs.probabilities);
    t.equal(row, index);
    t.equal(label, ['a', 'b', 'c'][outputs.probabilities.indexOf(best)]);
    t.ok(Math.abs(confidence - best) < 1e-6);
    t.ok(Math.abs(score - (1 - best)) < 1e-6, 'the cold start is 1 - confidence');
    t.equal(decision, score > 0.2 ? 'review' : 'accept');
  }
  const columns = await app.call<Predictions>(predict({ inputs: { X: rows } }));
  t.same(columns.body.predictions, body.predictions, 'columns and rows are answered the same');
});

t.test('ground truth finds its row, and the record tells the history', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  const { body } = await app.call<Predictions>(predict({ instances: rows }));
  const id = body.prediction_id;
  const right = body.predictions[0]?.label ?? '';
  const items = [
    { prediction_id: id, row: 0, label: right },
    { prediction_id: id, row: 1, correct: false },
    { prediction_id: id, row: 0, label: right },
    { prediction_id: id, row: 0, label: 'other', observed_at: '2001-01-01T00:00:00.000Z' },
    { prediction_id: id, row: 9, label: 'a' },
    { prediction_id: id, label: 'a' },
    { prediction_id: id, row: 2, value: 3 },
    { prediction_id: 'nonsense', label: 'a' },
  ];
  const { body: reply } = await app.call<{ results: { status: string; reason?: string }[]; counts: Record<string, number> }>({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
  t.same(reply.results, [
    { status: 'matched' },
    { status: 'matched' },
    { status: 'duplicate' },
    { status: 'conflict', unknown_label: true },
    { status: 'invalid', reason: 'row_out_of_range' },
    { status: 'invalid', reason: 'row_required' },
    { status: 'invalid', reason: 'wrong_kind' },
    { status: 'invalid', reason: 'malformed_prediction_id' },
  ]);
  t.same(reply.counts, { matched: 2, duplicate: 1, conflict: 1, invalid: 4 });

  const { body: record } = await app.call<Recorded>({ url: `/v1/predictions/${id}` });
  t.same(record.predictions.map(({ failure }) => failure), [false, true, null], 'the older conflict does not win');
  t.same(record.predictions[0]?.ground_truths.map(({ value, current }) => [value, current]).sort(), [['other', false], [right, false], [right, true]].sort());
  t.same(record.predictions.map((each) => each.failure_probability), body.predictions.map((each) => each.failure_probability));

  const { body: report } = await app.call<{ rows: object; observed_failure_rate: number }>({ url: '/v1/models/m/report' });
  t.match(report.rows, { predictions: 3, labelled: 2, failures: 1, duplicates: 1, conflicts: 1 });
  t.equal(report.observed_failure_rate, 0.5);
});

t.test('a promotion serves at once, and rolls back', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  const versions = [await addMetaModel(app, 'm', 0.125), await addMetaModel(app, 'm', 0.75)];
  for (const [version, score, decision] of [[versions[0], 0.125, 'accept'], [versions[1], 0.75, 'review'], [versions[0], 0.125, 'accept']] as const) {
    const promoted = await app.call<{ state: string }>({ method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` });
    t.equal(promoted.body.state, 'champion');
    const { body } = await app.call<Predictions>(predict({ instances: rows }));
    t.match(body, { meta_version: version, metaerr_status: 'ok' });
    t.match(body.predictions[0], { failure_probability: score, decision });
  }
  const { body } = await app.call<{ meta_models: { version: number; state: string }[] }>({ url: '/v1/models/m/meta-models' });
  t.match(body.meta_models, [{ version: versions[1], state: 'retired' }, { version: versions[0], state: 'champion' }]);
});

t.test('metrics count what was answered, and strangers add no series', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  const { body } = await app.call<Predictions>(predict({ instances: rows }));
  const sum = body.predictions.reduce((total, each) => total + each.failure_probability, 0);
  const lines = async () => (await app.call<string>({ url: '/metrics' })).body.split('\n');
  const value = (all: string[], series: string) => Number(all.find((line) => line.startsWith(series))?.split(' ').at(-1));
  const before = await lines();
  t.equal(value(before, 'metaerr_predictions_total{model="m",version="1"}'), 3);
  t.ok(Math.abs(value(before, 'metaerr_expected_failures_total{model="m",version="1"}') - sum) < 1e-6);
  await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items: [{ prediction_id: body.prediction_id, row: 0, correct: false }] } });
  const labelled = await lines();
  t.equal(value(labelled, 'metaerr_observed_failures_total{model="m",version="1"}'), 1);
  t.ok(Math.abs(value(labelled, 'metaerr_labelled_expected_failures_total{model="m",version="1"}') - (body.predictions[0]?.failure_probability ?? NaN)) < 1e-6);
  for (let stranger = 0; stranger < 50; stranger++) await app.call({ method: 'POST', url: `/v1/models/stranger${stranger}/predict`, payload: { instances: rows } });
  const after = await lines();
  t.notOk(after.some((line) => line.includes('stranger')), 'no series of an unknown model');
});

t.test('probes', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml }, broken: { onnx: Buffer.from('no') } }, start: false });
  t.equal((await app.call({ url: '/healthz' })).status, 200);
  t.equal((await app.call({ url: '/readyz' })).status, 503, 'not ready before the models were tried');
  await app.system.start();
  const { status, body } = await app.call<{ ready: boolean; models: Record<string, string> }>({ url: '/readyz' });
  t.equal(status, 200, 'a broken model does not stop the server');
  t.equal(body.models['m'], 'ready');
  t.match(body.models['broken'], /^unavailable: .+/);
});
