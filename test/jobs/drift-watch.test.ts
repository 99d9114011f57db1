import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { createDriftWatch } from '../../src/jobs/drift/drift-watch.js';
import type { NewJob } from '../../src/jobs/queue.js';
import { createTrainingMarkTable } from '../../src/jobs/sqlite/training-mark-table.js';
import { inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { catalogueOf } from '../support/jobs-model.js';
import { turns } from '../support/manual-clock.js';
import type { Answer } from '../support/report-ledger.js';
import { openWatched } from '../support/watched-model.js';

const ROUND = 30_000;

/** A watch over one loaded model, on a real ledger, registry and marks. */
function open(t: Test, { automatic = true, maturity = 0 } = {}) {
  const { db, clock, logger, metrics, stored, ledger, registry, model, write, reads } = openWatched(t, { retraining: { automatic, label_maturity_seconds: maturity } });
  const marks = inThisThread(createTrainingMarkTable(db));
  const loaded = [model];
  const jobs: NewJob[] = [];
  const faults: unknown[] = [];
  const queue = {
    async enqueue(job: NewJob) {
      if (faults.length > 0) throw faults.shift();
      jobs.push(job);
      return { id: `job_${jobs.length}` } as never;
    },
  };
  const watching = () => {
    const watch = createDriftWatch({ ledger, registry, marks, queue, catalogue: { list: () => catalogueOf(loaded).list() }, clock, metrics, logger });
    t.teardown(() => watch.close());
    watch.start();
    return watch;
  };
  const serve = async () => {
    const version = await registry.add(newModel({ key: model.key, createdAt: clock.now() }));
    model.meta = { version, labelFree: false, session: `meta-${version}` };
    return version;
  };
  /** So many rows that the served meta-model gave a failure probability of .1, of which so many failed. */
  const answer = (rows: number, failures: number) => {
    const answers = Array.from({ length: rows }, (_, row): Answer => ({ failureProbability: 0.1, coldStart: 0.1, failed: row < failures, metaVersion: model.meta?.version ?? 0, createdAt: clock.now() }));
    return write(answers);
  };
  /** The ground truth of so many rows of a reply is corrected: they failed after all. */
  const correct = (id: string, rows: number) =>
    stored.record(Array.from({ length: rows }, (_, row) => ({ id, row, kind: 'label' as const, value: '1', observedAt: 3_000, receivedAt: 3_000, source: null, choice: 0 })));
  const round = async () => {
    clock.advance(ROUND);
    await turns(60);
  };
  const minutes = async (count: number) => {
    for (let half = 0; half < 2 * count; half += 1) await round();
  };
  const gauge = async () => (await metrics.calibrationDrift.get()).values.map(({ value }) => value);
  const warnings = () => logger.lines.filter(({ message }) => message.includes('drifted')).length;
  return { watching, serve, answer, correct, round, minutes, metrics, gauge, warnings, model, loaded, jobs, faults, marks, registry, reads };
}

t.test('a drift raises the gauge, is logged once, and asks for one retraining of that meta-model', async (t) => {
  const { watching, serve, answer, round, gauge, warnings, jobs } = open(t);
  await answer(500, 400);
  watching();
  await turns(60);
  t.same(await gauge(), [], 'a cold start is not tested');
  await serve();
  await answer(200, 20);
  await round();
  t.same(await gauge(), [0]);
  await answer(200, 120);
  await round();
  t.same(await gauge(), [1]);
  t.match(jobs, [{ type: 'retrain', model: 'm', version: 1, trigger: 'drift', requestId: null }]);
  await answer(10, 8);
  await round();
  await round();
  t.equal(jobs.length, 1, 'one and the same drift');
  t.equal(warnings(), 1);
  await serve();
  await round();
  t.same(await gauge(), [0], 'the new meta-model is tested by its own rows');
  await answer(200, 120);
  await round();
  t.equal(jobs.length, 2);
  t.equal(warnings(), 2);
});

t.test('what was asked for is known after a restart and to other servers; nothing counts twice', async (t) => {
  const { watching, serve, answer, round, gauge, jobs, marks, model } = open(t);
  const version = await serve();
  await answer(200, 120);
  const first = watching();
  await turns(60);
  t.equal(jobs.length, 1);
  t.equal(await marks.driftMark(model.key), version);
  await first.close();
  watching();
  watching();
  await round();
  t.equal(jobs.length, 1);
  t.same(await gauge(), [1]);
});

t.test('a queue that could not be asked is asked again', async (t) => {
  const { watching, serve, answer, round, warnings, jobs, faults, marks, model } = open(t);
  await serve();
  await answer(200, 120);
  faults.push(new MetaErrError('STORE_UNAVAILABLE', 'away'));
  watching();
  await turns(60);
  t.equal(await marks.driftMark(model.key), null);
  await round();
  t.equal(jobs.length, 1);
  t.equal(warnings(), 1);
});

t.test('rows are read only where ground truths have come; without automatic retraining nothing is asked for', async (t) => {
  const { watching, serve, answer, round, gauge, jobs, reads, loaded } = open(t, { automatic: false });
  await serve();
  await answer(200, 120);
  watching();
  await turns(60);
  t.equal(reads(), 1);
  await round();
  t.equal(reads(), 1);
  t.same(await gauge(), [1]);
  t.same(jobs, []);
  loaded.pop();
  await round();
  t.same(await gauge(), [], 'a model that is gone is in no metric');
});

t.test('labels that were corrected, or have become old enough to count, are found without a further one', async (t) => {
  const corrected = open(t);
  await corrected.serve();
  const id = await corrected.answer(200, 20);
  corrected.watching();
  await turns(60);
  t.same(await corrected.gauge(), [0]);
  await corrected.correct(id, 120);
  await corrected.minutes(10);
  t.same(await corrected.gauge(), [1]);
  t.equal(corrected.jobs.length, 1);

  const maturing = open(t, { maturity: 3_600 });
  await maturing.serve();
  await maturing.answer(200, 120);
  maturing.watching();
  await maturing.minutes(59);
  t.same(await maturing.gauge(), [0]);
  await maturing.minutes(11);
  t.same(await maturing.gauge(), [1]);
});

t.test('a model that was unloaded and loaded again between two looks is in the metric', async (t) => {
  const { watching, serve, answer, round, gauge, metrics } = open(t);
  await serve();
  await answer(200, 120);
  watching();
  await turns(60);
  t.same(await gauge(), [1]);
  await metrics.endModel({ model: 'm', version: '1' });
  t.same(await gauge(), []);
  await round();
  t.same(await gauge(), [1]);
});
