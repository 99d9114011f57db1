import t from 'tap';
import { INPUTS, openDoor, SCORES, type Scored } from '../support/external-endpoint.js';
import { linearClassifier } from '../support/http-models.js';

t.test('the reply is that of predict: versions, outputs, ids', async (t) => {
  const door = await openDoor(t, { models: { e: { yaml: `${SCORES}labels: [a, b, c]\nversion: 3\n` } } });
  const body = { outputs: { probabilities: [[0.25, 0.5, 0.25], [0.125, 0.125, 0.75]], trace: ['t1', 't2'] } };
  const reply = await door.post<Scored>('/v1/models/e/versions/3/score', body);
  t.match(reply, { model: 'e', version: '3', meta_version: 0, metaerr_status: 'cold_start' });
  t.match(reply.predictions[1], { row: 1, label: 'c', confidence: 0.75, failure_probability: 0.25, decision: 'accept' });
  t.same(reply.predictions[1]?.outputs, { probabilities: [0.125, 0.125, 0.75], trace: 't2' });
  const { results } = await door.post<{ results: unknown[] }>('/v1/ground-truth', { items: [{ prediction_id: reply.prediction_id, row: 1, label: 'b' }] });
  t.same(results, [{ status: 'matched' }]);
  const { predictions } = await door.get<{ predictions: readonly { inputs: unknown; failure: boolean | null }[] }>(`/v1/predictions/${reply.prediction_id}`);
  t.match(predictions[1], { inputs: null, failure: true });
});

t.test('what is refused', async (t) => {
  const door = await openDoor(t, { models: { e: { yaml: SCORES + INPUTS }, m: { onnx: linearClassifier() } } });
  const outputs = { probabilities: [[0.25, 0.5, 0.25]] };
  const table: readonly (readonly [string, unknown, number, object])[] = [
    ['/v1/models/m/score', { outputs }, 400, { code: 'MODEL_NOT_EXTERNAL' }],
    ['/v1/models/e/predict', { instances: [[1, 2, 3, 4]] }, 400, { code: 'MODEL_IS_EXTERNAL' }],
    ['/v1/models/none/score', { outputs }, 404, { code: 'MODEL_NOT_FOUND' }],
    ['/v1/models/e/versions/2/score', { outputs }, 404, { code: 'VERSION_NOT_FOUND' }],
    ['/v1/models/e/versions/0/score', { outputs }, 400, { code: 'INVALID_REQUEST' }],
    ['/v1/models/e/score', {}, 400, { code: 'INVALID_REQUEST', field: 'outputs' }],
    ['/v1/models/e/score', [], 400, { code: 'INVALID_REQUEST' }],
    ['/v1/models/e/score', { outputs, inputs: {} }, 400, { code: 'INVALID_REQUEST', field: 'inputs' }],
    ['/v1/models/e/score', { outputs: { probabilities: 1 } }, 400, { code: 'INVALID_REQUEST', field: 'outputs.probabilities' }],
    ['/v1/models/e/score', { outputs, ids: [true] }, 400, { code: 'INVALID_REQUEST', field: 'ids[0]' }],
    ['/v1/models/e/score', { outputs, ids: ['a', 'b'] }, 400, { code: 'INVALID_INPUT', field: 'ids' }],
    ['/v1/models/e/score', { outputs: { probabilities: [[0.25, 0.5]] } }, 400, { code: 'INVALID_INPUT', field: 'outputs.probabilities[0]' }],
    ['/v1/models/e/score', { outputs, instances: [[1, 2, 3]] }, 400, { code: 'INVALID_INPUT', field: 'instances[0]' }],
  ];
  for (const [path, body, status, error] of table) t.match(await door.refused(path, body), { status, ...error }, `${path} ${JSON.stringify(body)}`);
});

t.test('1,000 classes for 256 rows', async (t) => {
  const door = await openDoor(t, { models: { e: { yaml: 'source: external\noutputs: [{ name: logits, shape: [-1, 1000] }]\nscores: logits\n' } } });
  const logits = Array.from({ length: 256 }, (_, row) => Array.from({ length: 1000 }, (_, label) => (label === row ? 10 : 0)));
  const { predictions } = await door.post<Scored>('/v1/models/e/score', { outputs: { logits } });
  t.same(predictions.map(({ label }) => label), logits.map((_, row) => String(row)));
  const expected = 999 / (999 + Math.exp(10));
  t.ok(predictions.every(({ failure_probability: score }) => Math.abs((score ?? NaN) - expected) < 1e-7), `${predictions[0]?.failure_probability} for ${expected}`);
});
