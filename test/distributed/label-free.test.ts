import t from 'tap';
import { learningModel, metaModelsOf, predict, someInputs, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

const PATIENCE_MILLISECONDS = 150_000;

t.test('predictions that several servers answer let a worker train a label-free meta-model, which serves on all of them', async (t) => {
  const redis = await startRedis(t);
  const { urls, workers, servers } = await startDistributed(t, { models: { m: learningModel('retraining: { min_unlabelled_rows: 400 }\n'), off: learningModel('retraining: { min_unlabelled_rows: 0 }\n') }, servers: 2, workers: 1, redisUrl: redis.url });
  let seed = 0;
  const answer = async (model: string) => {
    for (const url of urls) await predict(url, model, someInputs(50, (seed += 1)));
  };
  for (let i = 0; i < 4; i++) await Promise.all([answer('m'), answer('off')]);
  // Other servers' rows are only seen at a look, and a look comes with rows of one's own.
  await within(PATIENCE_MILLISECONDS, async () => (await answer('m'), (await metaModelsOf(urls[0] ?? '', 'm')).length > 0));
  for (const url of urls) await whenServing(url, 'm', 1);
  const reply = await predict(urls[1] ?? '', 'm', someInputs(5, 9_999));
  t.match(reply, { meta_version: 1, metaerr_status: 'label_free' });
  const [first] = await metaModelsOf(urls[0] ?? '', 'm');
  t.match(first, { version: 1, state: 'champion', training: { rows: 0, failures: 0 } });
  t.ok(workers[0]?.lines.some(({ msg, ...line }) => msg === 'retraining begins' && line['trigger'] === 'unlabelled'), 'a worker has trained it');
  t.same(await metaModelsOf(urls[0] ?? '', 'off'), []);
  t.same([...servers, ...workers].flatMap(({ errors }) => errors), []);
});
