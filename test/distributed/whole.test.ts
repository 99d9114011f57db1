import t from 'tap';
import { countTrainings, holdTraining, linesOf } from '../support/distributed-learning-process.js';
import { championOf, learningModel, metaModelsOf, reportOf, retrain, teach, whenEnded, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { within } from '../support/within.js';

const MODEL = 'm';
const NEEDED = 300;
const PATIENCE_MILLISECONDS = 150_000;

t.test('three servers and two workers', async (t) => {
  const { servers, workers, urls } = await startDistributed(t, { models: { [MODEL]: learningModel(`retraining: { new_ground_truths: ${NEEDED} }\n`) }, servers: 3, workers: 2 });
  const [url = '', ...others] = urls;

  await t.test('ground truths through all servers fire one training, and its meta-model serves everywhere', async (t) => {
    const taught = await teach(urls, MODEL, { rows: NEEDED + 30, seed: 11, batch: 10 });
    const { matched = 0, pending = 0, ...none } = taught.statuses;
    t.equal(matched + pending, NEEDED + 30, 'a ground truth may be there before the other server has written its prediction');
    t.same(none, {});
    t.ok(taught.replies.some(({ meta_version: version, metaerr_status: status }) => version === 0 && status === 'cold_start'), 'it began with the cold start');
    await within(PATIENCE_MILLISECONDS, async () => (await championOf(url, MODEL)) !== null);
    const champion = await championOf(url, MODEL);
    const seen = await Promise.all(urls.map((each) => whenServing(each, MODEL, champion?.version ?? 0)));
    t.ok(seen.every((replies) => replies.at(-1)?.status === 'ok'));
    const promotedAt = Date.parse(champion?.promoted_at ?? '');
    t.comment(`milliseconds from the promotion to a reply of each server: ${seen.map((replies) => (replies.at(-1)?.at ?? NaN) - promotedAt).join(', ')}`);

    // Those that the other servers fired wait behind it, so one by hand is begun after all of them.
    const { body } = await retrain(url, MODEL);
    t.equal((await whenEnded(url, body.id)).state, 'completed');
    const fired = [...new Set(linesOf(workers, 'retraining begins').filter(({ trigger }) => trigger === 'ground_truths').map(({ job }) => String(job)))];
    const counts = countTrainings(workers, fired);
    t.comment(JSON.stringify({ fired: fired.length, ...counts }));
    t.ok(fired.length === 1 || fired.length === 2, 'one job, and at most one that waited behind it');
    t.match(counts, { begun: fired.length, trained: 1, promoted: 1, skipped: fired.length - 1 }, 'of which one has trained');
    const { rows } = await reportOf(url, MODEL);
    t.match(rows, { labelled: NEEDED + 30, failures: taught.failures, pending: 0, duplicates: 0, conflicts: 0 }, 'what was acknowledged is there');
  });

  await t.test('any number of requests for a retraining while one runs are one job more', async (t) => {
    const first = (await retrain(url, MODEL, { 'x-request-id': 'asked-by-hand' })).body;
    t.equal(first.request_id, 'asked-by-hand');
    const held = await holdTraining(workers, first.id);
    const asked = await Promise.all([...urls, ...urls, ...urls].map((each) => retrain(each, MODEL)));
    t.same(new Set(asked.map(({ status }) => status)), new Set([202]));
    const ids = [...new Set(asked.map(({ body }) => body.id))];
    t.equal(ids.length, 1);
    const [second = ''] = ids;
    t.not(second, first.id);
    held.release();
    t.equal((await whenEnded(others[0] ?? '', second)).state, 'completed');
    t.match(countTrainings(workers, [first.id]), { begun: 1, trained: 1 });
    t.match(countTrainings(workers, [second]), { begun: 1, trained: 1 });
    const messages = new Set(workers.flatMap(({ lines }) => lines.filter(({ request_id: id }) => id === 'asked-by-hand').map(({ msg }) => msg)));
    t.same(messages, new Set(['retraining begins', 'retraining ended']), "the request's id is in the worker's log");
  });

  await t.test('nothing has failed', async (t) => {
    t.ok((await metaModelsOf(url, MODEL)).filter(({ state }) => state === 'champion').length === 1, 'one champion');
    for (const { name, errors } of [...servers, ...workers]) t.same(errors, [], `${name} logged no error`);
  });
});
