import t, { type Test } from 'tap';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp, type TestApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Predictions {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly predictions: readonly { label: string; failure_probability: number }[];
}
interface JobBody {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly result: { readonly promoted: boolean; readonly meta_version: number; readonly reason: string } | null;
}
interface MetaModels {
  readonly meta_models: readonly { version: number; state: string; reason: string; metrics: object | null; training: { rows: number; failures: number } }[];
}

const BLOCK = 100;

/** The base model is wrong wherever the first number is large: easy to learn, and not to be seen in its confidence. */
function truthOf(row: readonly number[], predicted: string): string {
  return (row[0] ?? 0) > 0.9 ? String((Number(predicted) + 1) % 3) : predicted;
}

async function stream(app: TestApp, blocks: number, seed: number): Promise<{ failures: number; replies: Predictions[] }> {
  const random = createRandom(seed);
  const replies: Predictions[] = [];
  let failures = 0;
  for (let block = 0; block < blocks; block++) {
    const instances = Array.from({ length: BLOCK }, () => Array.from({ length: 4 }, () => random.normal()));
    const { body } = await app.call<Predictions>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } });
    const items = body.predictions.map(({ label }, row) => ({ prediction_id: body.prediction_id, row, label: truthOf(instances[row] ?? [], label) }));
    failures += items.filter(({ label }, row) => label !== body.predictions[row]?.label).length;
    await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
    replies.push(body);
  }
  return { failures, replies };
}

const retrain = (app: TestApp) => app.call<JobBody>({ method: 'POST', url: '/v1/models/m/retrain' });
const metaModels = async (app: TestApp) => (await app.call<MetaModels>({ url: '/v1/models/m/meta-models' })).body.meta_models;

/** Waits for the job that the ground truths fired: one asked for by hand waits behind it. */
async function settled(t: Test, app: TestApp): Promise<void> {
  const { body } = await retrain(app);
  t.equal((await app.system.queue.ended(body.id)).state, 'completed');
}

t.test('ground truths fire a retraining, and the better meta-model serves without a restart', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { new_ground_truths: 300 }\n' } } });
  const { failures } = await stream(app, 4, 11);
  await settled(t, app);
  const models = await metaModels(app);
  const champion = models.find(({ state }) => state === 'champion');
  t.ok(champion !== undefined, 'there is a champion');
  t.ok((champion?.training.rows ?? 0) >= 300, 'trained on what was labelled');
  t.ok((champion?.training.failures ?? 0) <= failures);
  t.match(champion?.reason, /log loss/, 'the reason has its figures');
  t.not(champion?.metrics, null);
  t.match((await app.call<string>({ url: '/metrics' })).body, /metaerr_retrainings_total\{[^}]*result="promoted"\} [1-9]/);

  const { replies } = await stream(app, 3, 12);
  t.ok(replies.every(({ meta_version: version, metaerr_status: status }) => version === champion?.version && status === 'ok'));
  const { body: report } = await app.call<{ champion: { auroc: number; brier: number }; confidence_baseline: { auroc: number; brier: number } }>({
    url: `/v1/models/m/report?meta_version=${champion?.version}`,
  });
  t.ok(report.champion.auroc > 0.9, `AUROC ${report.champion.auroc} on later predictions`);
  t.ok(report.champion.auroc > report.confidence_baseline.auroc + 0.1);
  t.ok(report.champion.brier < report.confidence_baseline.brier);
});

t.test('with too few labels the job says so, and nothing goes live', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const { body } = await retrain(app);
  await app.system.queue.ended(body.id);
  const { body: job } = await app.call<JobBody>({ url: `/v1/jobs/${body.id}` });
  t.match(job, { state: 'completed', result: { promoted: false, meta_version: 0 } });
  t.match(job.result?.reason, /label/);
});

t.test('ground truths without a failure teach the level of a model that is less sure than it should be', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } } });
  const random = createRandom(21);
  const instances = Array.from({ length: 60 }, () => Array.from({ length: 4 }, () => 0.2 * random.normal()));
  const predict = () => app.call<Predictions>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } });
  const expected = ({ predictions }: Predictions) => predictions.reduce((sum, { failure_probability: p }) => sum + p, 0);
  const { body: before } = await predict();
  const items = before.predictions.map(({ label }, row) => ({ prediction_id: before.prediction_id, row, label }));
  await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
  const { body: job } = await retrain(app);
  t.match((await app.system.queue.ended(job.id)).result, { promoted: true, reason: /\(0 failures\)/ });
  const { body: after } = await predict();
  t.match(after, { meta_version: 1, metaerr_status: 'ok' });
  t.ok(expected(after) < 0.5 * expected(before), `${expected(after)} of 60 are expected to fail, ${expected(before)} before`);
});

t.test('one training a model: calls meanwhile share one waiting job, and jobs can be cancelled', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } } });
  await stream(app, 8, 13);
  const first = (await retrain(app)).body;
  while ((await app.call<JobBody>({ url: `/v1/jobs/${first.id}` })).body.state === 'waiting') await new Promise(setImmediate);
  const [second, third] = [(await retrain(app)).body, (await retrain(app)).body];
  t.not(second.id, first.id, 'a running job has not seen the newest ground truths');
  t.equal(third.id, second.id, 'one waiting job');
  t.match((await app.call<JobBody>({ method: 'DELETE', url: `/v1/jobs/${second.id}` })).body, { state: 'cancelled' });
  t.match((await app.call<JobBody>({ method: 'DELETE', url: `/v1/jobs/${first.id}` })).body, { state: 'cancelled' });
  t.same(await metaModels(app), [], 'a cancelled training leaves nothing');
  t.match((await stream(app, 1, 14)).replies[0], { meta_version: 0, metaerr_status: 'cold_start' });
});
