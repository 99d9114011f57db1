import t from 'tap';
import { ask, learningModel, metricOf, predict, readinessOf, retrain, someInputs, teach, whenEnded, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { startProxy } from '../support/redis-proxy.js';
import { startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

interface Policy {
  readonly meta_version: number;
  readonly status: string;
  readonly threshold: number | null;
  readonly calibration: { readonly rows_from: string; readonly rows: number; readonly failures: number };
}

const NAME = 'policed';
const ROWS = 600;
const PATIENCE_MILLISECONDS = 60_000;
const policyOf = async (url: string) => (await ask<Policy>(`${url}/v1/models/${NAME}/risk-policy`)).body;

t.test('every server computes the same threshold, before and after a promotion, and keeps it while Redis is away', async (t) => {
  const redis = await startRedis(t);
  const proxy = await startProxy(t, redis.port);
  const yaml = 'risk_policy: { target_risk: 0.1, confidence: 0.9 }\nretraining: { automatic: false }\n';
  const { servers, urls } = await startDistributed(t, {
    models: { [NAME]: learningModel(yaml) }, servers: 2, workers: 1, redisUrl: redis.url,
    env: { METAERR_REDIS_TIMEOUT_MILLISECONDS: '500' }, envOf: { 'server-1': { REDIS_URL: proxy.url } },
  });
  const [url = '', cutUrl = ''] = urls;
  await teach(urls, NAME, { rows: ROWS, seed: 51 });
  // Ground truths that came before their prediction was written join it a moment later.
  for (const each of urls) await within(PATIENCE_MILLISECONDS, async () => (await policyOf(each)).calibration.rows === ROWS);
  const cold = await Promise.all(urls.map(policyOf));
  t.same(cold.map(({ meta_version, threshold, calibration }) => ({ meta_version, threshold, calibration })), Array(2).fill({ meta_version: 0, threshold: cold[0]?.threshold, calibration: cold[0]?.calibration }));
  t.match(cold[0]?.calibration, { rows_from: 'served', rows: ROWS });

  t.match(await whenEnded(url, (await retrain(url, NAME)).body.id), { result: { promoted: true, meta_version: 1 } });
  for (const each of urls) await whenServing(each, NAME, 1);
  const promoted = await Promise.all(urls.map(policyOf));
  const threshold = promoted[0]?.threshold ?? NaN;
  t.ok(threshold > 0);
  t.same(promoted.map((policy) => policy.threshold), [threshold, threshold]);
  t.match(promoted, Array(2).fill({ meta_version: 1, status: 'in_force', calibration: { rows_from: 'training', rows: ROWS } }));
  for (const each of urls) await within(PATIENCE_MILLISECONDS, async () => (await metricOf(each, `metaerr_decision_threshold{model="${NAME}",version="1"}`)) === threshold);

  await teach(urls, NAME, { rows: ROWS, seed: 52 });
  for (const each of urls) await within(PATIENCE_MILLISECONDS, async () => (await policyOf(each)).calibration.rows === ROWS && (await policyOf(each)).calibration.rows_from === 'served');
  const later = await Promise.all(urls.map(policyOf));
  t.same(later[0]?.threshold, later[1]?.threshold);
  t.match(later[0]?.calibration, { rows_from: 'served' }, 'its own rows are enough');

  proxy.cut();
  await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(cutUrl)).body.missing.some((words) => words.includes('Redis')));
  t.match(await policyOf(cutUrl), { status: 'in_force', threshold: later[0]?.threshold ?? NaN });
  const { meta_version, predictions } = await predict(cutUrl, NAME, someInputs(100, 53));
  t.equal(meta_version, 1);
  const wanted = predictions.map(({ failure_probability: score }) => ((score ?? 1) <= (later[0]?.threshold ?? NaN) ? 'accept' : 'review'));
  t.same(predictions.map(({ decision }) => decision), wanted);
  t.ok(wanted.includes('accept') && wanted.includes('review'), `${wanted.filter((decision) => decision === 'accept').length} of 100 are accepted`);
  proxy.heal();
  t.same(servers[0]?.errors, [], 'but for the one that was cut off nobody logged an error');
});
