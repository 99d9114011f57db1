import t from 'tap';
import { countTrainings, holdTraining, isRunning, linesOf } from '../support/distributed-learning-process.js';
import { jobOf, learningModel, metaModelsOf, reportOf, retrain, teach, whenEnded, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { startProxy } from '../support/redis-proxy.js';
import { startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

const [KILLED, CUT] = ['killed', 'cut'];
const MODEL = learningModel('retraining: { automatic: false }\n');
const ROWS = 400;
const PATIENCE_MILLISECONDS = 150_000;

/** One system for both, since each waits until the worker is taken for dead. */
t.test('in mid-training one worker is killed and another is cut off from Redis', async (t) => {
  const redis = await startRedis(t);
  const proxies = new Map(await Promise.all(['worker-0', 'worker-1', 'worker-2'].map(async (name) => [name, await startProxy(t, redis.port)] as const)));
  const envOf = Object.fromEntries([...proxies].map(([name, { url }]) => [name, { REDIS_URL: url }]));
  const { servers, workers, urls } = await startDistributed(t, { models: { [KILLED]: MODEL, [CUT]: MODEL }, servers: 1, workers: 3, redisUrl: redis.url, envOf });
  const [url = ''] = urls;
  const begin = async (model: string, seed: number) => {
    const taught = await teach(urls, model, { rows: ROWS, seed, batch: 100 });
    const { body: asked } = await retrain(url, model, { 'x-request-id': `for-${model}` });
    return { model, taught, id: asked.id, training: await holdTraining(workers, asked.id) };
  };
  const killed = await begin(KILLED, 21);
  const cut = await begin(CUT, 22);
  const survivor = workers.find((each) => each !== killed.training.worker && each !== cut.training.worker);
  const proxy = proxies.get(cut.training.worker.name);
  if (survivor === undefined || proxy === undefined || killed.training.worker === cut.training.worker) throw new Error('each trains in a worker of its own');

  const at = Date.now();
  await killed.training.worker.kill();
  proxy.cut();
  for (const { id } of [killed, cut]) t.equal((await jobOf(url, id)).state, 'active', 'the job has not ended');
  for (const { training } of [killed, cut]) training.release();
  await within(PATIENCE_MILLISECONDS, () => !isRunning(killed.training.pid));
  t.comment(`the training process of the killed worker was gone ${Date.now() - at} ms after it`);

  for (const { model, id, taught, training } of [killed, cut]) {
    t.match(await whenEnded(url, id), { state: 'completed', error: null, result: { promoted: true, meta_version: 1 }, request_id: `for-${model}` });
    t.match(countTrainings([survivor], [id]), { begun: 1, trained: 1, promoted: 1 }, 'the third worker has done it');
    t.match(countTrainings([training.worker], [id]), { begun: 1, trained: 0, promoted: 0 });
    const metaModels = await metaModelsOf(url, model);
    t.same(metaModels.map(({ version, state, training: { rows } }) => ({ version, state, rows })), [{ version: 1, state: 'champion', rows: ROWS }], 'one meta-model, of all rows');
    await whenServing(url, model, 1);
    t.match((await reportOf(url, model)).rows, { labelled: ROWS, failures: taught.failures });
    const [begunAgain] = linesOf([survivor], 'retraining begins', [id]);
    t.comment(`job ${model} was begun again ${Date.parse(String(begunAgain?.['time'])) - at} ms afterwards`);
  }

  proxy.heal();
  await cut.training.worker.logged(({ msg, job }) => msg === 'job was taken over by another worker; what came out here is not recorded' && job === cut.id, PATIENCE_MILLISECONDS);
  await killed.training.worker.start();
  const again = await Promise.all([KILLED, CUT].map(async (model) => retrain(url, model)));
  for (const { body } of again) t.equal((await whenEnded(url, body.id)).state, 'completed', 'the workers take jobs again');
  t.match(countTrainings(workers, [killed.id, cut.id]), { trained: 2, promoted: 2 }, 'each job has ended once');
  const others = workers.filter((each) => each !== cut.training.worker);
  t.same([...servers, ...others].flatMap(({ errors }) => errors), [], 'but for the one that was cut off nobody logged an error');
});
