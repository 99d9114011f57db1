// What the metrics say is what the ledger says, and nobody can add series.
import t, { type Test } from 'tap';
import { samplesOf, seriesOf, sumOf, type Sample } from '../support/exposition.js';
import { startApp, type TestApp } from '../support/http-app.js';
import { addMetaModel } from '../support/http-meta-models.js';
import { linearClassifier } from '../support/http-models.js';
import { predictSome, recount, truthsOf } from '../support/metrics-traffic.js';
import { startRedis } from '../support/redis-server.js';

const YAML = 'labels: [a, b, c]\nreview_threshold: 0.3\nretraining: { automatic: false }\n';
const MODELS = { m: { onnx: linearClassifier(), yaml: YAML } };
const M = { model: 'm', version: '1' };

const scrape = async (app: TestApp): Promise<Sample[]> => samplesOf((await app.call<string>({ url: '/metrics' })).body);
const promote = (app: TestApp, version: number) => app.call({ method: 'POST', url: `/v1/models/m/meta-models/${version}/promote` });
const tell = (app: TestApp, items: readonly object[]) => app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } });

/** The metrics of the model under the names of `recount`. */
function counted(samples: readonly Sample[]): Record<string, number> {
  const of = (name: string, labels: Readonly<Record<string, string>> = {}) => sumOf(samples, `metaerr_${name}`, { ...M, ...labels });
  return {
    predictions: of('predictions_total'),
    expected: of('expected_failures_total'),
    scoredPredictions: of('failure_probability_count'),
    accepts: of('decisions_total', { decision: 'accept' }),
    degraded: of('prediction_status_total', { status: 'degraded' }),
    labelled: of('labelled_predictions_total'),
    failures: of('observed_failures_total') - of('corrected_failures_total'),
    labelledExpected: of('labelled_expected_failures_total'),
    labelledVariance: of('labelled_expected_variance_total'),
    scoredLabelled: of('scored_labelled_predictions_total'),
    scoredFailures: of('scored_observed_failures_total') - of('scored_corrected_failures_total'),
    acceptedLabelled: of('accepted_labelled_predictions_total'),
    acceptedFailures: of('accepted_observed_failures_total') - of('accepted_corrected_failures_total'),
  };
}

/** Sums of floating-point numbers in another order. */
const rounded = (counts: Record<string, number>) => Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value.toFixed(6))]));

/** Traffic of three meta-models through these servers of one system, with ground truths at any of them. */
async function live(apps: readonly TestApp[]): Promise<void> {
  const [first] = apps;
  if (first === undefined) return;
  const scores = [null, 0.125, 0.75];
  for (const [round, score] of scores.entries()) {
    if (score !== null) {
      const version = await addMetaModel(first, 'm', score);
      await promote(first, version);
    }
    const answered = (await Promise.all(apps.map((app, i) => predictSome(app, 40, 100 * round + 50 * i)))).flat();
    const truths = truthsOf(answered);
    const share = Math.ceil(truths.length / apps.length);
    for (const [i, app] of apps.entries()) await tell(app, truths.slice(i * share, (i + 1) * share));
  }
}

async function agree(t: Test, apps: readonly TestApp[]): Promise<void> {
  await live(apps);
  for (const app of apps) await app.call({ url: '/v1/models/m/ledger' });
  const [first] = apps;
  const again = recount((await first?.app.inject({ url: '/v1/models/m/ledger' }))?.payload ?? '');
  const samples = (await Promise.all(apps.map(scrape))).flat();
  t.ok((again['failures'] ?? 0) > 10 && (again['accepts'] ?? 0) > 10 && (again['acceptedFailures'] ?? 0) > 5, 'there is something to count');
  t.ok(sumOf(samples, 'metaerr_corrected_failures_total', M) > 10, 'failures were taken back');
  t.same(rounded(counted(samples)), rounded(again));
  t.equal(sumOf(samples, 'metaerr_ground_truth_delay_seconds_count', M), again['labelled']);
  t.equal(sumOf(samples, 'metaerr_ledger_rows_total', { result: 'written' }), again['predictions']);
  t.equal(sumOf(samples, 'metaerr_ground_truths_total', { status: 'matched' }), again['labelled']);
}

t.test('sums agree with a recount of the ledger: one server with a file', async (t) => {
  await agree(t, [await startApp(t, { models: MODELS })]);
});

t.test('sums agree with a recount of the ledger: two servers on one Redis', async (t) => {
  const env = { REDIS_URL: (await startRedis(t)).url };
  await agree(t, [await startApp(t, { models: MODELS, env }), await startApp(t, { models: MODELS, env })]);
});

t.test('1,000 requests for unknown models add no series', async (t) => {
  const app = await startApp(t, { models: MODELS });
  const instances = [[1, 0, 0, 0]];
  const v2 = { inputs: [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [1, 0, 0, 0] }] };
  const requests = (name: string) => [
    { method: 'POST', url: `/v1/models/${name}/predict`, payload: { instances } },
    { method: 'POST', url: `/v1/models/${name}/versions/7/predict`, payload: { instances } },
    { method: 'POST', url: `/v1/models/m/versions/${name.length + 7}/predict`, payload: { instances } },
    { method: 'POST', url: `/v1/models/${name}/score`, payload: { instances, outputs: { p: [[1, 0]] } } },
    { method: 'POST', url: `/v1/models/${name}/retrain` },
    { method: 'POST', url: '/v1/ground-truth', payload: { items: [{ model: name, id: 'x', label: 'a' }, { prediction_id: `${name}_1`, label: 'a' }] } },
    { method: 'GET', url: `/v1/models/${name}/report` },
    { method: 'GET', url: `/v1/models/${name}/ledger` },
    { method: 'POST', url: `/v2/models/${name}/infer`, payload: v2 },
    { method: 'POST', url: `/v2/models/${name}/versions/3/infer`, payload: v2 },
    { method: 'GET', url: `/v2/models/${name}/ready` },
    { method: 'GET', url: `/v2/models/${name}/stats` },
    { method: 'POST', url: `/v2/repository/models/${name}/load` },
    { method: 'POST', url: `/v2/repository/models/${name}/unload` },
    { method: 'GET', url: `/${name}/${name}` },
    { method: 'GET', url: `/v3/models/${name}/infer` },
  ] as const;
  const send = (name: string) => Promise.all(requests(name).map(async (request) => (await app.app.inject(request)).statusCode));
  await predictSome(app, 4);
  t.ok((await send('warming-up')).every((status) => status !== 500));
  await scrape(app);
  const before = (await scrape(app)).map(seriesOf).sort();
  let sent = 0;
  for (let stranger = 0; sent < 1_000; stranger++) sent += (await send(`stranger-${stranger}-%22%7D%201%0A`)).length;
  const after = await scrape(app);
  t.ok(sent >= 1_000);
  t.same(after.map(seriesOf).sort(), before);
  t.notOk(after.some(({ labels }) => 'model' in labels && labels['model'] !== 'm'));
});

t.test('the series of a version leave with it, and begin with 0 when it comes back', async (t) => {
  const app = await startApp(t, { models: { ...MODELS, other: { onnx: linearClassifier(), yaml: YAML } } });
  await promote(app, await addMetaModel(app, 'm', 0.25));
  await tell(app, truthsOf(await predictSome(app, 9)));
  const ofModel = (samples: readonly Sample[]) => samples.filter(({ labels }) => labels['model'] === 'm');
  const other = (samples: readonly Sample[]) => samples.filter(({ labels }) => labels['model'] === 'other').map(seriesOf);
  const before = await scrape(app);
  t.ok(ofModel(before).length > 100);
  t.equal((await app.app.inject({ method: 'POST', url: '/v2/repository/models/m/unload' })).statusCode, 200);
  const unloaded = await scrape(app);
  t.same(ofModel(unloaded), []);
  t.same(other(unloaded), other(before), 'the other model keeps its own');
  await app.app.inject({ method: 'POST', url: '/v2/repository/models/m/load' });
  t.equal(sumOf(await scrape(app), 'metaerr_predictions_total', M), 0);
  await predictSome(app, 4);
  const again = await scrape(app);
  t.equal(sumOf(again, 'metaerr_predictions_total', M), 10);
  t.equal(sumOf(again, 'metaerr_meta_model_predictions_total', { ...M, meta_version: '1' }), 10);
});

t.test('a job that outlives its model adds no series', async (t) => {
  const app = await startApp(t, { models: { ...MODELS, other: { onnx: linearClassifier(), yaml: YAML } } });
  const { body } = await app.call<{ id: string }>({ method: 'POST', url: '/v1/models/m/retrain' });
  await app.system.repository.unload('m');
  await app.system.queue.ended(body.id);
  t.notOk((await scrape(app)).some(({ labels }) => labels['model'] === 'm'));
});

t.test('every promotion brings a meta-model version, and only two of them have series', async (t) => {
  const app = await startApp(t, { models: MODELS });
  await predictSome(app, 4);
  for (let i = 0; i < 4; i++) {
    await promote(app, await addMetaModel(app, 'm', 0.25));
    await predictSome(app, 4);
  }
  const shown = async (name: string) => (await scrape(app)).filter((each) => each.name === name).map(({ labels, value }) => [labels['meta_version'], value]);
  t.same(await shown('metaerr_meta_model_predictions_total'), [['3', 10], ['4', 10]]);
  t.same(await shown('metaerr_meta_model_expected_failures_total'), [['3', 2.5], ['4', 2.5]]);
  t.same(await shown('metaerr_meta_model_info'), [['4', 1]]);
  await promote(app, 3);
  await predictSome(app, 4);
  t.same(await shown('metaerr_meta_model_predictions_total'), [['3', 20], ['4', 10]], 'rolled back');
  t.equal(sumOf(await scrape(app), 'metaerr_predictions_total', M), 60);
});

t.test('what the registry says of the meta-model that serves is shown, and nothing at the cold start', async (t) => {
  const app = await startApp(t, { models: MODELS });
  const gauges = async () => (await scrape(app)).filter(({ name }) => /^metaerr_meta_model_(quality|trained|promoted)/.test(name));
  t.same(await gauges(), []);
  const { key, features } = app.system.catalogue.loaded('m');
  const metrics = { rows: 500, failures: 50, auroc: 0.9, aurc: 0.02, eaurc: 0.01, brier: 0.08, log_loss: null, ece: 0.03, bins: [], risk_coverage: [] };
  const version = await addMetaModel(app, 'm', 0.25);
  const record = await app.system.registry.get('m', version);
  const onnx = await app.system.registry.bytes('m', version);
  if (record === null || onnx === null) throw new Error('it was just stored');
  const judged = await app.system.registry.add({ key, createdAt: 1_700_000_000_500, reason: 'test', metrics, training: record.training, featureSchema: features.layout.schema, onnx });
  const begun = Date.now() / 1_000;
  await promote(app, judged);
  const shown = await gauges();
  t.same(shown.filter(({ name }) => name === 'metaerr_meta_model_quality').map(({ labels, value }) => [labels['metric'], value]), [
    ['rows', 500], ['failures', 50], ['auroc', 0.9], ['aurc', 0.02], ['eaurc', 0.01], ['brier', 0.08], ['ece', 0.03],
  ], 'what was not judged has no series');
  t.equal(sumOf(shown, 'metaerr_meta_model_trained_timestamp_seconds', M), 1_700_000_000.5);
  t.ok(sumOf(shown, 'metaerr_meta_model_promoted_timestamp_seconds', M) >= begun - 1);
  await promote(app, version);
  t.notOk((await gauges()).some(({ name }) => name === 'metaerr_meta_model_quality'), 'the one that serves now was not judged');
});

t.test('a risk policy shows its target, and what the process is', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'labels: [a, b, c]\nrisk_policy: { target_risk: 0.02 }\n' }, other: { onnx: linearClassifier(), yaml: YAML } } });
  await app.call({ url: '/v1/models/m/risk-policy' });
  const samples = await scrape(app);
  t.same(samples.filter(({ name }) => name === 'metaerr_risk_policy_target').map(({ labels, value }) => [labels['model'], value]), [['m', 0.02]]);
  t.same(samples.filter(({ name }) => name === 'metaerr_process_info').map(({ labels, value }) => [labels, value]), [[{ role: 'server', mode: 'embedded' }, 1]]);
  t.ok(samples.some(({ name }) => name === 'nodejs_eventloop_delay_seconds_count'));
});
