import { gunzipSync, inflateSync } from 'node:zlib';
import t from 'tap';
import { linearClassifier, roundsFor, slowClassifier } from '../support/http-models.js';
import { parts, startOip, type OipApp } from '../support/http-oip.js';

interface Reply {
  readonly id: string;
  readonly parameters: { metaerr_prediction_id: string; metaerr_meta_version: number; metaerr_status: string };
  readonly outputs: readonly { name: string; shape: number[]; datatype: string; data?: number[]; parameters?: { binary_data_size?: number } }[];
}

const models = { m: { onnx: linearClassifier(2, 3), yaml: 'labels: [a, b, c]\n' } };
const INFER = '/v2/models/m/infer';
const request = (rows: readonly (readonly number[])[], others: object = {}) =>
  JSON.stringify({ inputs: [{ name: 'X', shape: [rows.length, 2], datatype: 'FP32', data: rows.flat() }], ...others });
const infer = async (app: OipApp, body: string, headers: Record<string, string> = {}) => app.send({ path: INFER, body, headers });
const BINARY = { parameters: { binary_data_output: true } };

t.test('the failure probability comes with every reply', async (t) => {
  const app = await startOip(t, { models });
  const reply = (await infer(app, request([[1, 2], [3, 4]], { id: 'mine' }))).json<Reply>();
  t.equal(reply.id, 'mine');
  t.match(reply.parameters, { metaerr_meta_version: 0, metaerr_status: 'cold_start', metaerr_prediction_id: /^[0-9A-Z]{6}_[0-9A-Z]{26}$/ });
  t.same(reply.outputs.map(({ name, shape }) => [name, shape]), [['probabilities', [2, 3]], ['metaerr_failure_probability', [2]], ['metaerr_decision', [2]]]);

  const { body: truth } = await app.call<{ results: { status: string }[] }>({
    method: 'POST',
    url: '/v1/ground-truth',
    payload: { items: [{ prediction_id: reply.parameters.metaerr_prediction_id, row: 1, label: 'a' }] },
  });
  t.match(truth.results, [{ status: 'matched' }], 'ground truth finds it');
});

t.test('outputs by name', async (t) => {
  const app = await startOip(t, { models });
  const names = async (outputs: string[]) => (await infer(app, request([[1, 2]], { outputs: outputs.map((name) => ({ name })) }))).json<Reply>().outputs.map(({ name }) => name);
  t.same(await names(['probabilities']), ['probabilities']);
  t.same(await names(['metaerr_failure_probability', 'probabilities']), ['metaerr_failure_probability', 'probabilities']);
  t.equal((await infer(app, request([[1, 2]], { outputs: [{ name: 'absent' }] }))).status, 400);
});

t.test('both doors give equal numbers, also when requests of both share their runs', async (t) => {
  const app = await startOip(t, { models: { m: { onnx: linearClassifier(2, 3), yaml: 'batching: { max_delay_microseconds: 20000 }\n' } } });
  const rows = Array.from({ length: 24 }, (_, row) => [row / 7, 1 - row / 5]);
  const predict = async (row: number[]) => {
    const { body } = await app.call<{ predictions: { outputs: { probabilities: number[] }; failure_probability: number }[] }>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances: [row] } });
    return body.predictions.flatMap(({ outputs, failure_probability: score }) => [...outputs.probabilities, score]);
  };
  const inferred = async (row: number[]) => {
    const { body, headers } = await infer(app, request([row], BINARY));
    const { binary } = parts<Reply>(body, Number(headers['inference-header-content-length']));
    return ['probabilities', 'metaerr_failure_probability'].flatMap((name) => [...new Float32Array(Uint8Array.from(binary[name] ?? []).buffer)]);
  };
  const answers = await Promise.all(rows.map(async (row) => Promise.all([predict(row), inferred(row)])));
  for (const [first, second] of answers) {
    t.equal(first.length, 4);
    t.same(second, first.map(Math.fround));
  }
  const stats = (await app.send({ method: 'GET', path: '/v2/models/m/stats' })).json<{ model_stats: { inference_count: number; execution_count: number }[] }>();
  t.equal(stats.model_stats[0]?.inference_count, 48);
  t.ok((stats.model_stats[0]?.execution_count ?? 48) < 48, 'runs were shared');
});

t.test('replies are compressed for who asks for gzip or deflate', async (t) => {
  const app = await startOip(t, { models });
  const rows = Array.from({ length: 20_000 }, (_, row) => [row % 7, 1]);
  for (const many of [[[1, 2]], rows]) {
    const plain = await infer(app, request(many, BINARY));
    const expected = parts<Reply>(plain.body, Number(plain.headers['inference-header-content-length'])).binary['probabilities'];
    for (const [asked, encoding, inflate] of [['gzip', 'gzip', gunzipSync], ['deflate', 'deflate', inflateSync], ['gzip, deflate, br, zstd', 'gzip', gunzipSync], ['br, deflate', 'deflate', inflateSync], ['gzip;q=0, deflate;q=0.5', 'deflate', inflateSync]] as const) {
      const reply = await infer(app, request(many, BINARY), { 'Accept-Encoding': asked });
      t.equal(reply.status, 200);
      t.equal(reply.headers['content-encoding'], encoding, asked);
      t.match(reply.headers['vary'], /accept-encoding/i);
      const body = inflate(reply.body);
      const length = Number(reply.headers['inference-header-content-length']);
      t.same(parts<Reply>(body, length).binary['probabilities'], expected, 'the header counts the JSON before compression');
      const json = await infer(app, request(many), { 'Accept-Encoding': asked });
      t.equal(json.headers['content-type'], 'application/json');
      t.equal((JSON.parse(inflate(json.body).toString()) as Reply).outputs[0]?.data?.length, 3 * many.length);
    }
  }
  for (const asked of ['br', 'zstd', 'identity', 'gzip;q=0']) t.notOk('content-encoding' in (await infer(app, request([[1, 2]]), { 'Accept-Encoding': asked })).headers, asked);
});

t.test('nothing but infer replies is compressed, not even their errors', async (t) => {
  const app = await startOip(t, { models });
  const headers = { 'Accept-Encoding': 'gzip, deflate' };
  for (const path of ['/v2', '/v2/models/m', '/v2/models/m/config', '/v2/models/stats', '/v2/nothing']) t.notOk('content-encoding' in (await app.send({ method: 'GET', path, headers })).headers, path);
  for (const body of ['{', '{"inputs": []}']) {
    const reply = await infer(app, body, headers);
    t.equal(reply.status, 400);
    t.notOk('content-encoding' in reply.headers);
  }
  t.notOk('content-encoding' in (await app.send({ path: '/v2/repository/index', headers })).headers);
});

t.test('the time-out of a request, in microseconds', async (t) => {
  const yaml = 'batching: { max_rows: 1, max_delay_microseconds: 0 }\n';
  const app = await startOip(t, { models: { m: { onnx: slowClassifier(await roundsFor(200)), yaml } } });
  const body = (parameters: object) => JSON.stringify({ inputs: [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }], parameters });
  const [patient, another, impatient] = await Promise.all([infer(app, body({})), infer(app, body({ timeout: 60_000_000 })), infer(app, body({ timeout: 20_000 }))]);
  t.equal(patient.status, 200);
  t.equal(another.status, 200);
  t.equal(impatient.status, 504);
});
