import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { createStatistics } from '../../src/inference/statistics.js';
import { indexColumn, indexRows, loadModel, predictBench, request } from '../support/predict-bench.js';
import { tableModel } from '../support/predict-models.js';

const BATCHING = { max_rows: 4, max_delay_microseconds: 500, max_queue_rows: 100, timeout_milliseconds: 5000 };
const NOTHING = { count: 0, nanoseconds: 0 };

t.test('what was answered, refused and run adds up', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: BATCHING } });
  const { ask, statistics } = predictBench(model, { clock: systemClock });
  t.same(statistics.statistics('m', null), {
    model: 'm', version: 1, lastInference: 0, inferenceCount: 0, executionCount: 0, success: NOTHING, fail: NOTHING, queue: NOTHING,
    computeInput: NOTHING, computeInfer: NOTHING, computeOutput: NOTHING, batches: [],
  });
  const before = Date.now();
  const sizes = [1, 2, 1, 3, 9, 1, 4, 2];
  await Promise.all(sizes.map((size) => ask(indexRows(...new Array<number>(size).fill(1)))));
  await Promise.allSettled([ask(indexRows(9)), ask(request({}, 1)), ask({ ...indexRows(0), read: () => { throw new Error('unreadable'); } })]);
  const found = statistics.statistics('m', null);
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  t.equal(found.inferenceCount, rows);
  t.equal(found.success.count, sizes.length);
  t.equal(found.fail.count, 3);
  for (const part of [found.queue, found.computeInput, found.computeInfer, found.computeOutput]) t.equal(part.count, sizes.length);
  t.equal(found.batches.reduce((sum, batch) => sum + batch.computeInfer.count, 0), found.executionCount);
  t.equal(found.batches.reduce((sum, batch) => sum + batch.rows * batch.computeInfer.count, 0), rows, 'a run that failed answered no row');
  t.same(found.batches.map((batch) => batch.rows), found.batches.map((batch) => batch.rows).toSorted((a, b) => a - b));
  t.ok(found.batches.every((batch) => batch.rows <= 4 && batch.computeInfer.nanoseconds > 0));
  const parts = found.queue.nanoseconds + found.computeInput.nanoseconds + found.computeInfer.nanoseconds + found.computeOutput.nanoseconds;
  t.ok(parts <= found.success.nanoseconds, `${parts} of ${found.success.nanoseconds} ns`);
  t.ok(found.fail.nanoseconds > 0);
  t.ok(Number.isInteger(found.success.nanoseconds));
  t.ok(found.lastInference >= before && found.lastInference <= Date.now());
});

t.test('a version keeps its statistics when it is loaded again; another one has its own', async (t) => {
  const model = await loadModel(t, tableModel());
  let live: LoadedModel = model;
  const statistics = createStatistics({ loaded: () => live });
  const { ask } = predictBench(model, { statistics, catalogue: { lease: () => ({ model: live, release: () => undefined }) } });
  await ask(indexRows(0, 1));
  live = { ...model };
  await ask(indexRows(2));
  t.match(statistics.statistics('m', null), { version: 1, inferenceCount: 3, success: { count: 2 }, executionCount: 2 });
  live = { ...model, key: { ...model.key, version: 2 } };
  await ask(indexRows(2));
  t.match(statistics.statistics('m', null), { version: 2, inferenceCount: 1 });
  live = model;
  t.match(statistics.statistics('m', 1), { version: 1, inferenceCount: 3 });
});

t.test('statistics of what is not loaded are refused as the catalogue does', async (t) => {
  const statistics = createStatistics({ loaded: (name, version) => { throw new Error(`no ${name} ${version}`); } });
  t.throws(() => statistics.statistics('stranger', 7), { message: 'no stranger 7' });
});

t.test('the sizes of runs are bounded: large ones count at the power of two below', async (t) => {
  const key = { model: 'm', version: 1, digest: 'd' };
  const statistics = createStatistics({ loaded: () => ({ key }) as LoadedModel });
  for (let rows = 1; rows <= 100_000; rows++) statistics.recorder(key).ran(rows, 1e-3);
  const { batches, executionCount } = statistics.statistics('m', null);
  t.equal(executionCount, 100_000);
  t.equal(batches.length, 1024 + 6);
  t.same(batches.at(-1), { rows: 65_536, computeInfer: { count: 100_000 - 65_535, nanoseconds: (100_000 - 65_535) * 1000 } });
  t.equal(batches[1023]?.computeInfer.count, 1 + 1023, 'and 1,025 to 2,047');
});

t.test('the stages of reading and writing are measured', async (t) => {
  const model = await loadModel(t, tableModel());
  const { predict, metrics, clock, statistics } = predictBench(model);
  const slow = { ...indexRows(0), read: (given: LoadedModel) => (clock.advance(7), request(indexColumn(0), 1).read(given)) };
  await predict.predict(slow, () => clock.advance(11));
  const sums = (await metrics.stageDuration.get()).values.filter(({ metricName }) => metricName === 'metaerr_stage_duration_seconds_sum');
  const sum = (stage: string) => sums.find(({ labels }) => labels.stage === stage)?.value;
  t.equal(sum('parse'), 0.007);
  t.equal(sum('reply'), 0.011);
  t.match(statistics.statistics('m', null), { computeInput: { nanoseconds: 7e6 }, computeOutput: { nanoseconds: 11e6 }, success: { nanoseconds: 18e6 } });
});
