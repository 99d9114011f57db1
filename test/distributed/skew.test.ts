import t from 'tap';
import { countTrainings, holdTraining, linesOf } from '../support/distributed-learning-process.js';
import { championOf, jobOf, learningModel, metricOf, predict, reportOf, retrain, someInputs, teach, tell, whenEnded, whenServing } from '../support/distributed-learning.js';
import { startDistributed } from '../support/distributed.js';
import { within } from '../support/within.js';

const HOUR_MILLISECONDS = 3_600_000;
const PATIENCE_MILLISECONDS = 150_000;
const ROWS = 330;
/** Ground truths whose predictions never come. */
const STRAY = 5;

/** Days: two hours and a little, and half an hour. */
const MODELS = {
  kept: learningModel('retraining: { new_ground_truths: 300 }\nretention: { days: 0.09, inputs_days: 0.09, pending_days: 0.09 }\n'),
  brief: learningModel('retraining: { automatic: false }\nretention: { days: 0.02 }\n'),
};

t.test('servers and workers an hour apart', async (t) => {
  const { servers, workers, urls } = await startDistributed(t, {
    models: MODELS,
    servers: 2,
    workers: 2,
    env: { METAERR_HOUSEKEEPING_SECONDS: '1' },
    clockShiftMilliseconds: { 'server-0': HOUR_MILLISECONDS, 'worker-1': HOUR_MILLISECONDS },
  });
  const [ahead = '', right = ''] = urls;

  const from = Date.now();
  const taught = await teach(urls, 'kept', { rows: ROWS, seed: 51, batch: 30 });
  await within(PATIENCE_MILLISECONDS, async () => (await championOf(ahead, 'kept')) !== null);
  for (const url of urls) await whenServing(url, 'kept', 1);
  const champion = await championOf(right, 'kept');
  t.ok((champion?.training.rows ?? 0) >= 300, 'it was trained on the rows of both servers');
  const [oldest, newest] = [Date.parse(champion?.training.from ?? ''), Date.parse(champion?.training.to ?? '')];
  t.ok(oldest >= from && oldest < from + HOUR_MILLISECONDS, 'whose times are those of their servers');
  t.ok(newest >= from + HOUR_MILLISECONDS);
  const { body: behind } = await retrain(right, 'kept');
  t.equal((await whenEnded(right, behind.id)).state, 'completed');
  const fired = [...new Set(linesOf(workers, 'retraining begins').filter(({ trigger }) => trigger === 'ground_truths').map(({ job }) => String(job)))];
  t.match(countTrainings(workers, fired), { trained: 1, promoted: 1 }, 'the ground truths have fired one training');

  const { body: first } = await retrain(ahead, 'kept');
  const held = await holdTraining(workers, first.id);
  const [second, third] = [(await retrain(right, 'kept')).body, (await retrain(ahead, 'kept')).body];
  t.not(second.id, first.id);
  t.equal(third.id, second.id, 'one job waits, whichever server was asked');
  for (const url of urls) t.ok((await metricOf(url, 'metaerr_oldest_waiting_job_seconds')) >= 0);
  held.release();
  t.equal((await whenEnded(ahead, first.id)).state, 'completed');
  t.equal((await whenEnded(right, second.id)).state, 'completed');
  t.match(countTrainings(workers, [first.id, second.id]), { begun: 2, trained: 2 }, 'each was begun once');

  await t.test('nothing is deleted that is younger than its retention, but for the hour', async (t) => {
    const strays = Array.from({ length: STRAY }, (_, index) => ({ model: 'kept', id: `never-comes-${index}`, label: '0' }));
    t.same(await tell(right, strays), strays.map(() => 'pending'));
    // Rows of half an hour's retention are gone at once where a server's clock is behind that of the worker that tidies; that twice means a round in between.
    for (const seed of [53, 54]) {
      await predict(right, 'brief', someInputs(10, seed));
      await within(PATIENCE_MILLISECONDS, async () => (await reportOf(right, 'brief')).rows.predictions === 0);
    }
    await predict(ahead, 'brief', someInputs(10, 55));
    await within(PATIENCE_MILLISECONDS, async () => (await reportOf(right, 'brief')).rows.predictions === 10);
    const { rows } = await reportOf(right, 'kept');
    const predictions = await Promise.all(urls.map((url) => metricOf(url, 'metaerr_predictions_total{model="kept",version="1"}')));
    t.match(rows, { labelled: ROWS, failures: taught.failures, pending: STRAY, expired: 0, duplicates: 0, conflicts: 0 });
    t.equal(rows.predictions, predictions.reduce((sum, count) => sum + count, 0), 'every prediction is there');
    t.equal((await jobOf(right, first.id)).state, 'completed', 'jobs are kept');
    t.same([...servers, ...workers].flatMap(({ errors }) => errors), [], 'nobody logged an error');
  });
});
