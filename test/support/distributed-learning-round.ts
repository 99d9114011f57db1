import type { Test } from 'tap';
import { ask, championOf, reportOf, retrain, teach, whenEnded, whenServing, type JobReply } from './distributed-learning.js';
import { holdTraining } from './distributed-learning-process.js';
import type { DistributedSystem } from './distributed.js';
import { within } from './within.js';

const PATIENCE_MILLISECONDS = 150_000;
const ROWS = 300;
/** Together with the rows before them more than are kept. */
const KEPT_ROWS = 400;
const LATER_ROWS = 200;

/** metaerr.yaml of the model of a round. */
export const ROUND_MODEL = `retraining: { automatic: false }\nretention: { max_rows: ${KEPT_ROWS} }\n`;

/** All that a system does once, from the first prediction to a promotion, a cancelled retraining and a tidied ledger. */
export async function learningRound(t: Test, { servers, workers, urls }: DistributedSystem, model: string): Promise<void> {
  const [url = ''] = urls;
  const taught = await teach(urls, model, { rows: ROWS, seed: 61 });
  const { matched = 0, pending = 0 } = taught.statuses;
  t.equal(matched + pending, ROWS, 'ground truths are taken');
  const { body: job } = await retrain(url, model);
  t.match(await whenEnded(url, job.id), { state: 'completed', result: { promoted: true, meta_version: 1 } });
  t.match(await championOf(url, model), { version: 1, training: { rows: ROWS } });
  for (const each of urls) await whenServing(each, model, 1);

  const { body: unwanted } = await retrain(url, model);
  await holdTraining(workers, unwanted.id);
  t.match((await ask<JobReply>(`${url}/v1/jobs/${unwanted.id}`, { method: 'DELETE' })).body, { state: 'cancelled' });
  t.equal((await fetch(`${url}/admin/queues/api/queues`)).status, 200, 'the page of the queues');

  await teach(urls, model, { rows: LATER_ROWS, seed: 62 });
  await within(PATIENCE_MILLISECONDS, async () => (await reportOf(url, model)).rows.predictions === KEPT_ROWS);
  t.ok((await reportOf(url, model)).rows.labelled >= LATER_ROWS, 'housekeeping leaves the newest');
  t.same([...servers, ...workers].flatMap(({ errors }) => errors), [], 'nobody logged an error');
}
