import t, { type Test } from 'tap';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp, type TestApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { within } from '../support/within.js';

interface Predictions {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly predictions: readonly { label: string; failure_probability: number | null; confidence: number | null; decision: string }[];
}
interface MetaModels {
  readonly meta_models: readonly { version: number; state: string; reason: string; metrics: object | null; training: { rows: number; unlabelled_rows: number | null } }[];
}
interface JobBody {
  readonly id: string;
  readonly trigger: string;
  readonly result: { readonly promoted: boolean; readonly meta_version: number; readonly reason: string } | null;
}

const PATIENCE_MILLISECONDS = 150_000;
const BLOCK = 100;

const post = <T>(app: TestApp, url: string, payload: object = {}) => app.call<T>({ method: 'POST', url, payload });
const metaModels = async (app: TestApp) => (await app.call<MetaModels>({ url: '/v1/models/m/meta-models' })).body.meta_models;
const jobs = async (app: TestApp) => (await app.call<{ jobs: readonly JobBody[] }>({ url: '/v1/jobs?model=m' })).body.jobs;

/** Sends so many blocks of rows; the base model is wrong wherever the first number is large. */
async function predict(app: TestApp, blocks: number, seed: number) {
  const random = createRandom(seed);
  const replies: { readonly body: Predictions; readonly instances: readonly number[][] }[] = [];
  for (let block = 0; block < blocks; block++) {
    const instances = Array.from({ length: BLOCK }, () => Array.from({ length: 4 }, () => random.normal()));
    replies.push({ body: (await post<Predictions>(app, '/v1/models/m/predict', { instances })).body, instances });
  }
  return replies;
}

async function label(app: TestApp, replies: Awaited<ReturnType<typeof predict>>): Promise<void> {
  for (const { body, instances } of replies) {
    const truth = (label: string, row: number) => ((instances[row]?.[0] ?? 0) > 0.9 ? String((Number(label) + 1) % 3) : label);
    await post(app, '/v1/ground-truth', { items: body.predictions.map(({ label: predicted }, row) => ({ prediction_id: body.prediction_id, row, label: truth(predicted, row) })) });
  }
}

/** Waits until this meta-model version serves, and gives a reply of it. */
async function serving(app: TestApp, version: number): Promise<Predictions> {
  let last: Predictions | null = null;
  await within(PATIENCE_MILLISECONDS, async () => {
    last = (await predict(app, 1, 77))[0]?.body ?? null;
    return last?.meta_version === version;
  });
  return last!;
}

t.test('predictions alone: a label-free meta-model goes live without a restart, and the first one that learnt from labels replaces it', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { new_ground_truths: 300, min_unlabelled_rows: 300 }\n' } } });
  const early = await predict(app, 4, 1);
  t.ok(early.every(({ body }) => body.metaerr_status === 'cold_start' || body.metaerr_status === 'label_free'));
  const reply = await serving(app, 1);
  t.match(reply, { metaerr_status: 'label_free', meta_version: 1 });
  t.ok(reply.predictions.every(({ failure_probability: p }) => p !== null && p > 0 && p < 1));
  const [live] = await metaModels(app);
  t.match(live, { version: 1, state: 'champion', metrics: null, training: { rows: 0 }, reason: /^label-free: learnt from \d+ predictions, none of which has a ground truth/ });
  t.ok((live?.training.unlabelled_rows ?? 0) >= 300);
  t.match((await jobs(app)).at(-1), { trigger: 'unlabelled', result: { promoted: true, meta_version: 1 } });
  t.match((await app.call({ url: '/v1/models/m' })).body, { meta_version: 1, label_free: true });
  const { body: metrics } = await app.call<string>({ url: '/metrics' });
  t.match(metrics, /metaerr_retrainings_total\{[^}]*result="label_free"\} 1/);
  t.match(metrics, /metaerr_prediction_status_total\{[^}]*status="label_free"\} [1-9]/);
  t.match((await app.call({ url: '/v1/models/m/report' })).body, { calibration_drift: null }, 'its level is no promise');
  t.match((await app.call({ url: '/v1/models/m/breakdown' })).body, { statuses: { ok: 0 } });
  const { body: set } = await app.call<string>({ url: '/v1/models/m/pseudo-labels?coverage=0.5' });
  t.match(JSON.parse(set.split('\n')[0]!), { set: { candidates: 0, rows: 0 } }, 'no ground truth has calibrated its failure probabilities');

  await label(app, await predict(app, 4, 2));
  await within(PATIENCE_MILLISECONDS, async () => (await metaModels(app)).some(({ state, training }) => state === 'champion' && training.rows >= 300));
  const champion = (await metaModels(app)).find(({ state }) => state === 'champion')!;
  t.match(await serving(app, champion.version), { metaerr_status: 'ok' });
  t.match(champion.reason, /label-free champion/);
  t.match((await app.call({ url: '/v1/models/m' })).body, { label_free: false });
});

t.test('a retraining by hand with too few labels gives a label-free meta-model, and says why', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } } });
  const replies = await predict(app, 3, 3);
  await post(app, '/v1/ground-truth', { items: [{ prediction_id: replies[0]!.body.prediction_id, row: 0, label: '0' }] });
  t.equal((await jobs(app)).length, 0, 'nothing by itself');
  const { body: asked } = await post<JobBody>(app, '/v1/models/m/retrain');
  await app.system.queue.ended(asked.id);
  const { body: job } = await app.call<JobBody>({ url: `/v1/jobs/${asked.id}` });
  t.match(job.result, { promoted: true, meta_version: 1, reason: /^label-free: learnt from 299 predictions.*; too few labels: 1 labelled rows, at least 20 are needed$/ });
  t.match(await serving(app, 1), { metaerr_status: 'label_free' });
});

async function staysCold(t: Test, yaml: string): Promise<void> {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml } } });
  await predict(app, 4, 4);
  const { body: asked } = await post<JobBody>(app, '/v1/models/m/retrain');
  await app.system.queue.ended(asked.id);
  t.same((await jobs(app)).map(({ trigger }) => trigger), ['manual']);
  t.same(await metaModels(app), []);
  t.match((await predict(app, 1, 5))[0]?.body, { meta_version: 0, metaerr_status: 'cold_start' });
}

t.test('off by the configuration', (t) => staysCold(t, 'retraining: { min_unlabelled_rows: 0 }\n'));
t.test('a custom task has none', (t) => staysCold(t, 'task: custom\n'));

t.test('a review budget has its threshold from the predictions that the label-free meta-model learnt from', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'risk_policy: { review_budget: 0.2 }\nretraining: { automatic: false }\n' } } });
  await predict(app, 3, 6);
  const { body: asked } = await post<JobBody>(app, '/v1/models/m/retrain');
  await app.system.queue.ended(asked.id);
  const { body: policy } = await app.call<{ meta_version: number; threshold: number | null }>({ url: '/v1/models/m/risk-policy' });
  t.equal(policy.meta_version, 1);
  t.ok(policy.threshold !== null && policy.threshold > 0 && policy.threshold < 1, `${policy.threshold}`);
});

t.test('a target risk has no threshold without labels, whatever meta-model serves', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'risk_policy: { target_risk: 0.1 }\nretraining: { automatic: false }\n' } } });
  await predict(app, 3, 7);
  const { body: asked } = await post<JobBody>(app, '/v1/models/m/retrain');
  await app.system.queue.ended(asked.id);
  t.match((await app.call({ url: '/v1/models/m/risk-policy' })).body, { meta_version: 1, threshold: null });
  t.ok((await predict(app, 1, 8))[0]!.body.predictions.every(({ decision }) => decision === 'review'));
});
