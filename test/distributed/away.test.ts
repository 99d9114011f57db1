import t from 'tap';
import { countTrainings, holdTraining } from '../support/distributed-learning-process.js';
import { ask, learningModel, metricOf, predict, readinessOf, reportOf, retrain, someInputs, teach, tell, tellOnce, whenEnded, whenServing, type PredictReply } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { RedisServer, freePort } from '../support/redis-server.js';
import { within } from '../support/within.js';

const MODEL = 'm';
const MODELS = { [MODEL]: learningModel('retraining: { automatic: false }\n') };
const BUFFER_ROWS = 60;
const ROWS_TAUGHT = 300;
/** Of one request; the buffer takes six of them. */
const BATCH = 10;
const ROWS_AWAY = 100;
const PATIENCE_MILLISECONDS = 150_000;
const MEASURED_MILLISECONDS = 1_000;

const isMissing = ({ body }: Awaited<ReturnType<typeof readinessOf>>) => body.missing.some((words) => words.includes('Redis'));
const droppedAt = (url: string) => metricOf(url, 'metaerr_ledger_rows_total{result="dropped"}');
const waitingAt = (url: string) => metricOf(url, 'metaerr_ledger_queue_rows');

async function predictMany(url: string, rows: number, seed: number): Promise<PredictReply[]> {
  const inputs = someInputs(rows, seed);
  const replies: PredictReply[] = [];
  for (let from = 0; from < rows; from += BATCH) replies.push(await predict(url, MODEL, inputs.slice(from, from + BATCH)));
  return replies;
}

const truthsOf = (replies: readonly PredictReply[]) =>
  replies.flatMap(({ prediction_id, predictions }) => predictions.map(({ label }, row) => ({ prediction_id, row, label })));

/** Answered requests a second, one after another. */
async function rate(url: string): Promise<number> {
  const until = performance.now() + MEASURED_MILLISECONDS;
  const rows = someInputs(1, 5);
  for (let answered = 0; ; answered++) {
    if (performance.now() >= until) return answered / (MEASURED_MILLISECONDS / 1_000);
    await predict(url, MODEL, rows);
  }
}

t.test('Redis goes away and comes back', async (t) => {
  const env = { METAERR_LEDGER_BUFFER_ROWS: String(BUFFER_ROWS), METAERR_REDIS_TIMEOUT_MILLISECONDS: '500' };
  const { redis, servers: [server], workers: [worker], urls } = await startDistributed(t, { models: MODELS, servers: 1, workers: 1, env });
  const [url = ''] = urls;
  if (redis === null || server === undefined || worker === undefined) throw new Error('something was not started');
  const taught = await teach(urls, MODEL, { rows: ROWS_TAUGHT, seed: 31 });
  const { body: first } = await retrain(url, MODEL);
  t.match(await whenEnded(url, first.id), { state: 'completed', result: { promoted: true, meta_version: 1 } });
  await whenServing(url, MODEL, 1);
  await within(PATIENCE_MILLISECONDS, async () => (await waitingAt(url)) === 0);
  const before = (await reportOf(url, MODEL)).rows;
  const { body: second } = await retrain(url, MODEL);
  const training = await holdTraining([worker], second.id);

  await redis.kill();
  training.release();
  await within(PATIENCE_MILLISECONDS, async () => isMissing(await readinessOf(url)));
  const replies = await predictMany(url, ROWS_AWAY, 32);
  t.equal((await readinessOf(url)).status, 200, 'the server is ready');
  t.ok(replies.every(({ meta_version: version, predictions }) => version === 1 && predictions.every(({ failure_probability: probability }) => typeof probability === 'number')), 'predictions go on, with the meta-model');
  t.comment(`metaerr_status without Redis: ${[...new Set(replies.map(({ metaerr_status: status }) => status))].join()}`);
  t.equal(await waitingAt(url), BUFFER_ROWS, 'rows wait up to the bound');
  t.equal(await droppedAt(url), ROWS_AWAY - BUFFER_ROWS, 'those beyond it are counted');
  for (const asked of [tellOnce(url, truthsOf(replies)), retrain(url, MODEL), ask(`${url}/v1/models/${MODEL}/meta-models/1/promote`, { method: 'POST' })]) {
    const { status, retryAfter } = await asked;
    t.equal(status, 503);
    t.match(retryAfter, /^\d+$/, 'it says when to try again');
  }
  await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(worker.url)).status === 503);
  t.equal(await metricOf(worker.url, 'metaerr_redis_up'), 0);
  await worker.logged(({ msg, job }) => msg === 'retraining is put back' && job === second.id, PATIENCE_MILLISECONDS);

  await redis.start();
  await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(url)).body.missing.length === 0 && (await waitingAt(url)) === 0);
  t.equal(await droppedAt(url), ROWS_AWAY - BUFFER_ROWS, 'no row was dropped since');
  t.match((await reportOf(url, MODEL)).rows, { ...before, predictions: before.predictions + BUFFER_ROWS }, 'what had waited is in the ledger, once, and nothing of before is lost');
  const statuses = await tell(url, truthsOf(replies));
  t.same(statuses, [...new Array<string>(BUFFER_ROWS).fill('matched'), ...new Array<string>(ROWS_AWAY - BUFFER_ROWS).fill('pending')], 'the oldest rows were kept');
  t.match((await reportOf(url, MODEL)).rows, { labelled: ROWS_TAUGHT + BUFFER_ROWS, failures: taught.failures, pending: ROWS_AWAY - BUFFER_ROWS, duplicates: 0, conflicts: 0 });

  await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(worker.url)).status === 200);
  t.match(await whenEnded(url, second.id), { state: 'completed', error: null }, 'the retraining that was under way ends');
  t.match(countTrainings([worker], [second.id]), { begun: 2, trained: 1 }, 'begun again, and trained once');
  const { body: third } = await retrain(url, MODEL);
  t.equal((await whenEnded(url, third.id)).state, 'completed', 'the worker takes jobs');
  t.match(countTrainings([worker], [third.id]), { begun: 1, trained: 1 });
});

t.test('Redis hangs', async (t) => {
  const { redis, servers: [server], urls } = await startDistributed(t, { models: MODELS, servers: 1, workers: 0, env: { METAERR_REDIS_TIMEOUT_MILLISECONDS: '500' } });
  const [url = ''] = urls;
  if (redis === null || server === undefined) throw new Error('something was not started');
  await rate(url);
  const rates: number[][] = [[], []];
  for (let round = 0; round < 2; round++) {
    rates[0]?.push(await rate(url));
    redis.suspend();
    rates[1]?.push(await rate(url));
    const refused = await tellOnce(url, [{ prediction_id: (await predict(url, MODEL, someInputs(1, 5))).prediction_id, row: 0, label: '0' }]);
    t.match(refused, { status: 503, retryAfter: /^\d+$/ });
    t.match(await readinessOf(url), { status: 200, body: { ready: true } });
    redis.resume();
    await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(url)).body.missing.length === 0 && (await waitingAt(url)) === 0);
  }
  const [well = [], hanging = []] = rates;
  t.ok(hanging.every((each) => each > 0), 'predictions were answered');
  t.comment(`predictions a second, one after another: ${well.join(', ')} with Redis, ${hanging.join(', ')} while it hangs`);
  t.equal(await droppedAt(url), 0);
  const { rows } = await reportOf(url, MODEL);
  t.equal(rows.predictions, await metricOf(url, `metaerr_predictions_total{model="${MODEL}",version="1"}`), 'every answered prediction is in the ledger');
});

t.test('a server and a worker that start without Redis', async (t) => {
  const redis = new RedisServer(await freePort(), {});
  t.teardown(() => redis.dispose());
  const env = { METAERR_REDIS_TIMEOUT_MILLISECONDS: '300' };
  const starting = startDistributed(t, { models: MODELS, servers: 1, workers: 1, env, redisUrl: redis.url });
  const { servers: [server], workers: [worker], urls } = await starting;
  const [url = ''] = urls;
  if (server === undefined || worker === undefined) throw new Error('something was not started');
  t.ok(isMissing(await readinessOf(url)));
  t.equal((await readinessOf(worker.url)).status, 503);
  const replies = await predictMany(url, 50, 33);
  t.ok(replies.every(({ meta_version: version }) => version === 0));
  t.equal((await tellOnce(url, truthsOf(replies))).status, 503);

  await redis.start();
  await within(PATIENCE_MILLISECONDS, async () => (await readinessOf(worker.url)).status === 200 && (await readinessOf(url)).body.missing.length === 0 && (await waitingAt(url)) === 0);
  t.same(new Set(await tell(url, truthsOf(replies))), new Set(['matched']));
  await teach(urls, MODEL, { rows: ROWS_TAUGHT, seed: 34 });
  const { body: job } = await retrain(url, MODEL);
  t.match(await whenEnded(url, job.id), { state: 'completed', result: { promoted: true, meta_version: 1 } });
  await whenServing(url, MODEL, 1);
  t.match((await reportOf(url, MODEL)).rows, { labelled: ROWS_TAUGHT + 50, pending: 0 });
});
