import t from 'tap';
import { calibrationTable } from '../../src/meta/policy/calibration-table.js';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp, type TestApp } from '../support/http-app.js';
import { addMetaModel } from '../support/http-meta-models.js';
import { linearClassifier } from '../support/http-models.js';
import { within } from '../support/within.js';

interface Policy {
  readonly meta_version: number;
  readonly policy: object;
  readonly status: string;
  readonly message: string;
  readonly threshold: number | null;
  readonly more_ground_truths: number | null;
  readonly calibration: { readonly rows_from: string; readonly rows: number; readonly failures: number; readonly accepted: number; readonly risk_bound: number | null };
  readonly so_far: { readonly labelled: number; readonly accepted: number; readonly accepted_failures: number; readonly accepted_failure_rate: number | null };
}
interface Predictions {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly predictions: readonly { readonly label: string; readonly failure_probability: number; readonly decision: string }[];
}

const ROWS = 400;
const WITHIN_MILLISECONDS = 10_000;
const yaml = (policy: string) => `labels: [a, b, c]\nrisk_policy: ${policy}\nretraining: { automatic: false }\n`;
const policyOf = async (app: TestApp) => (await app.call<Policy>({ url: '/v1/models/m/risk-policy' })).body;
const predict = async (app: TestApp, instances: readonly (readonly number[])[]) =>
  (await app.call<Predictions>({ method: 'POST', url: '/v1/models/m/predict', payload: { instances } })).body;

function someRows(count: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.normal()));
}

/** Predicts, and tells that the doubtful ones failed. */
async function teach(app: TestApp, failsAbove: number): Promise<void> {
  const { prediction_id, predictions } = await predict(app, someRows(ROWS, 3));
  const items = predictions.map(({ failure_probability: score }, row) => ({ prediction_id, row, correct: score <= failsAbove }));
  await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
}

t.test('from refusal to a threshold that every protocol follows', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: yaml('{ target_risk: 0.05, confidence: 0.9 }') } } });
  t.match(await policyOf(app), {
    meta_version: 0, policy: { kind: 'target_risk', target_risk: 0.05, confidence: 0.9, review_budget: null },
    status: 'no_threshold_yet', threshold: null, more_ground_truths: 45, calibration: { rows_from: 'none' },
    message: 'no threshold reaches this risk yet (a risk of 5 % with confidence 90 %): it takes about 45 more ground truths; until then every decision is review',
  });
  const before = await predict(app, someRows(20, 4));
  t.ok(before.predictions.every(({ decision }) => decision === 'review'));

  await teach(app, 0.2);
  const policy = await policyOf(app);
  const threshold = policy.threshold ?? NaN;
  t.match(policy, { status: 'in_force', message: /^in force: a risk of 5 % with confidence 90 % at a coverage of about/, more_ground_truths: 0, calibration: { rows_from: 'served', rows: ROWS }, so_far: { labelled: ROWS, accepted: 0, accepted_failure_rate: null } });
  t.ok(threshold > 0.1 && threshold < 0.6, String(threshold));
  t.ok((policy.calibration.risk_bound ?? 1) <= 0.05);

  const rows = someRows(50, 5);
  const after = await predict(app, rows);
  const wanted = after.predictions.map(({ failure_probability: score }) => (score <= threshold ? 'accept' : 'review'));
  t.same(after.predictions.map(({ decision }) => decision), wanted);
  t.ok(wanted.includes('accept') && wanted.includes('review'));
  const outputs = [{ name: 'metaerr_decision' }];
  const inputs = [{ name: 'X', shape: [50, 4], datatype: 'FP32', data: rows.flat() }];
  const oip = await app.call<{ outputs: { name: string; data: string[] }[] }>({ method: 'POST', url: '/v2/models/m/infer', payload: { inputs, outputs } });
  t.same(oip.body.outputs[0]?.data, wanted);
  const { body: metrics } = await app.call<string>({ url: '/metrics' });
  t.ok(metrics.includes(`metaerr_decision_threshold{model="m",version="1"} ${threshold}`));

  const accepted = wanted.flatMap((decision, row) => (decision === 'accept' ? row : []));
  const items = accepted.map((row, i) => ({ prediction_id: after.prediction_id, row, correct: i > 0 }));
  await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });
  t.match((await policyOf(app)).so_far, { accepted: accepted.length, accepted_failures: 1, accepted_failure_rate: 1 / accepted.length }, 'as it was decided');
});

t.test('a promoted meta-model brings its threshold; one without rows has every prediction reviewed', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: yaml('{ target_risk: 0.05, confidence: 0.9 }') } } });
  const scores = new Float64Array(200).fill(0.125);
  const training = { rows: 200, failures: 0, from: 0, to: 0, seed: 1, calibration: calibrationTable(scores, new Uint8Array(200)) };
  for (const [version, decision] of [[await addMetaModel(app, 'm', 0.125, training), 'accept'], [await addMetaModel(app, 'm', 0.125), 'review']] as const) {
    await app.call({ method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` });
    await within(WITHIN_MILLISECONDS, async () => (await policyOf(app)).meta_version === version);
    const { meta_version, predictions } = await predict(app, someRows(1, 6));
    t.match({ meta_version, predictions }, { meta_version: version, predictions: [{ decision }] });
  }
});

t.test('a review budget', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: yaml('{ review_budget: 0.1 }') } } });
  t.match(await policyOf(app), { policy: { kind: 'review_budget', review_budget: 0.1 }, status: 'no_threshold_yet', message: /it takes 100 more predictions/ });
  await teach(app, 1);
  await within(WITHIN_MILLISECONDS, async () => (await policyOf(app)).status === 'in_force');
  const { predictions } = await predict(app, someRows(ROWS, 3));
  const reviewed = predictions.filter(({ decision }) => decision === 'review').length;
  t.equal(reviewed, ROWS / 10);
});

t.test('without a policy, and without a model', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'labels: [a, b, c]\nreview_threshold: 0.25\n' } } });
  t.match(await policyOf(app), { policy: { kind: 'fixed_threshold' }, status: 'in_force', threshold: 0.25, message: /^review_threshold decides/ });
  t.equal((await app.call({ url: '/v1/models/absent/risk-policy' })).status, 404);
});
