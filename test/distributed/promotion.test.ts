import t from 'tap';
import { createRedisModelProfiles } from '../../src/jobs/redis/model-profiles.js';
import { createRedisMetaRegistry } from '../../src/meta/registry-redis.js';
import { countTrainings, holdTraining } from '../support/distributed-learning-process.js';
import { championOf, learningModel, metaModelsOf, metricOf, predict, promote, readinessOf, reportOf, retrain, someInputs, teach, tellOnce, whenEnded, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { connectedClient } from '../support/redis-clients.js';
import { startProxy } from '../support/redis-proxy.js';
import { startRedis } from '../support/redis-server.js';
import { constantMetaModel } from '../support/repository-models.js';
import { within } from '../support/within.js';

const [FIRST, SECOND] = ['first', 'second'];
const MODEL = learningModel('retraining: { automatic: false }\n');
const ROWS = 300;
const ROUNDS = 20;
const PATIENCE_MILLISECONDS = 150_000;

const redis = await startRedis(t);
const proxy = await startProxy(t, redis.port);
const env = { METAERR_REDIS_TIMEOUT_MILLISECONDS: '500' };
const { workers, urls } = await startDistributed(t, {
  models: { [FIRST]: MODEL, [SECOND]: MODEL }, servers: 2, workers: 2, redisUrl: redis.url, env, envOf: { 'server-1': { REDIS_URL: proxy.url } },
});
const [url = '', cutUrl = ''] = urls;
const client = await connectedClient(t, redis.url);

/** A candidate that fits the model, as a worker would add one. */
async function addCandidate(model: string, probability: number): Promise<number> {
  const profile = await createRedisModelProfiles(client).get(model, 1);
  if (profile === null) throw new Error('no profile');
  const { key, layout } = profile;
  const training = { rows: 1, failures: 0, from: 0, to: 0, seed: 1 };
  const onnx = constantMetaModel(layout.width, probability);
  return createRedisMetaRegistry(client).add({ key, createdAt: Date.now(), reason: 'made by a test', metrics: null, training, featureSchema: layout.schema, onnx });
}

await t.test('two workers end their trainings of two models at the same time', async (t) => {
  const jobs: string[] = [];
  for (const [seed, model] of [FIRST, SECOND].entries()) {
    t.equal((await teach(urls, model, { rows: ROWS, seed: 41 + seed })).rows, ROWS);
    jobs.push((await retrain(url, model)).body.id);
  }
  const held = await Promise.all(jobs.map((job) => holdTraining(workers, job)));
  t.equal(new Set(held.map(({ worker }) => worker)).size, 2, 'each worker trains one');
  for (const { release } of held) release();
  for (const [index, model] of [FIRST, SECOND].entries()) {
    t.match(await whenEnded(url, jobs[index] ?? ''), { state: 'completed', result: { promoted: true, meta_version: 1 } });
    for (const each of urls) await whenServing(each, model, 1);
    t.same((await metaModelsOf(url, model)).map(({ version, state }) => ({ version, state })), [{ version: 1, state: 'champion' }]);
  }
  t.match(countTrainings(workers), { begun: 2, trained: 2, promoted: 2 });
});

await t.test('of two promotions over the same champion one takes place', async (t) => {
  const other = await connectedClient(t, redis.url);
  const registries = [createRedisMetaRegistry(client), createRedisMetaRegistry(other)] as const;
  const heard: number[] = [];
  registries[0].onPromotion((_, version) => heard.push(version));
  const key = (await createRedisModelProfiles(client).get(FIRST, 1))?.key;
  if (key === undefined) throw new Error('no profile');
  let expected = (await championOf(url, FIRST))?.version ?? null;
  const winners: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const versions = [await addCandidate(FIRST, 0.2), await addCandidate(FIRST, 0.3)] as const;
    const outcomes = await Promise.all(registries.map((registry, index) => registry.promote(key, versions[index as 0 | 1], expected, Date.now())));
    t.equal(outcomes.filter(Boolean).length, 1);
    expected = versions[outcomes[0] === true ? 0 : 1];
    winners.push(expected);
  }
  const metaModels = await metaModelsOf(url, FIRST);
  t.same(metaModels.filter(({ state }) => state === 'champion').map(({ version }) => version), [expected]);
  t.same(metaModels.filter(({ state }) => state === 'candidate').length, ROUNDS, 'those that lost stay candidates');
  for (const each of urls) await whenServing(each, FIRST, expected ?? 0);
  await within(PATIENCE_MILLISECONDS, () => heard.length >= ROUNDS);
  t.same(heard, winners, 'each promotion was heard of once, in their order');
});

await t.test('of two promotions by hand, through two servers, at least one takes place, and both servers have the same champion', async (t) => {
  const versions = [await addCandidate(SECOND, 0.2), await addCandidate(SECOND, 0.3)];
  const replies = await Promise.all(urls.map((each, index) => promote(each, SECOND, versions[index] ?? 0)));
  const statuses = replies.map(({ status }) => status);
  t.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 409), String(statuses));
  const champion = await championOf(url, SECOND);
  t.ok(versions.includes(champion?.version ?? 0));
  for (const each of urls) await whenServing(each, SECOND, champion?.version ?? 0);
});

await t.test('a challenger whose champion was replaced while it was trained stays a candidate', async (t) => {
  const candidate = await addCandidate(SECOND, 0.9);
  const { body: asked } = await retrain(url, SECOND);
  const held = await holdTraining(workers, asked.id);
  t.equal((await promote(url, SECOND, candidate)).status, 200);
  held.release();
  t.match(await whenEnded(url, asked.id), { state: 'completed', result: { promoted: false } });
  t.equal((await championOf(url, SECOND))?.version, candidate);
});

await t.test('a server that is cut off serves on with what it has, and catches up by itself', async (t) => {
  const before = (await championOf(url, FIRST))?.version ?? 0;
  const { rows: counted } = await reportOf(url, FIRST);
  const after = await addCandidate(FIRST, 0.7);
  proxy.cut();
  t.equal((await promote(url, FIRST, after)).status, 200);
  await whenServing(url, FIRST, after);
  const rows = someInputs(10, 45);
  let answered = 0;
  const [versions, statuses] = [new Set<number>(), new Set<string>()];
  await within(PATIENCE_MILLISECONDS, async () => {
    const { meta_version: version, metaerr_status: status, predictions } = await predict(cutUrl, FIRST, rows);
    answered += predictions.length;
    versions.add(version);
    statuses.add(status);
    return (await readinessOf(cutUrl)).body.missing.some((words) => words.includes('Redis'));
  });
  const last = await predict(cutUrl, FIRST, rows);
  answered += last.predictions.length;
  t.same(versions.add(last.meta_version), new Set([before]), 'the version that serves there is on every reply');
  t.same(statuses, new Set(['ok']));
  const truths = last.predictions.map(({ label }, row) => ({ prediction_id: last.prediction_id, row, label }));
  t.match(await tellOnce(cutUrl, truths), { status: 503, retryAfter: /^\d+$/ }, 'ground truth is refused there');
  t.match(await tellOnce(url, truths), { status: 200, body: { results: truths.map(() => ({ status: 'pending' })) } }, 'and taken elsewhere');

  const healedAt = Date.now();
  proxy.heal();
  const seen = await whenServing(cutUrl, FIRST, after);
  t.comment(`the new champion served ${(seen.at(-1)?.at ?? NaN) - healedAt} ms after the end of the partition`);
  await within(PATIENCE_MILLISECONDS, async () => (await metricOf(cutUrl, 'metaerr_ledger_queue_rows')) === 0 && (await metricOf(url, 'metaerr_ledger_queue_rows')) === 0);
  const { rows: then } = await reportOf(cutUrl, FIRST);
  t.equal(then.pending, 0);
  t.equal(then.labelled, counted.labelled + truths.length);
  t.equal(await metricOf(cutUrl, 'metaerr_ledger_rows_total{result="dropped"}'), 0);
  const predicted = await Promise.all(urls.map((each) => metricOf(each, `metaerr_predictions_total{model="${FIRST}",version="1"}`)));
  t.equal(then.predictions, predicted.reduce((sum, count) => sum + count, 0), 'every answered prediction of both servers is in the ledger');
  t.comment(`${answered} predictions were answered during the partition`);
});
