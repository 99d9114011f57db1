import t from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { rowValue } from '../../src/inference/codec/nested-output.js';
import { floatRows, indexRows, loadModel, predictBench, request, setMeta } from '../support/predict-bench.js';
import { constantMetaModel, notRowWiseModel, softmaxModel, tableModel, wholeModel } from '../support/predict-models.js';

const patient = { max_rows: 8, max_delay_microseconds: 2000, max_queue_rows: 1000, timeout_milliseconds: 5000 };
const numbers = (tensor: Tensor | undefined, rows: number) => Array.from({ length: rows }, (_, row) => rowValue(tensor as Tensor, row));

t.test('an engine error fails only its own request, with the engine message', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: patient } });
  const { ask, logged, clock } = predictBench(model);
  const all = Promise.allSettled([ask(indexRows(0, 1)), ask(indexRows(9)), ask(indexRows(2)), ask(indexRows(1, 77))]);
  clock.advance(5);
  const [first, second, third, fourth] = await all;
  t.match(first, { status: 'fulfilled', value: { labels: ['0', '1'] } });
  t.match(third, { status: 'fulfilled', value: { labels: ['0'] } });
  t.match(second, { status: 'rejected', reason: { code: 'INFERENCE_FAILED', message: /indices|index/i } });
  t.match(fourth, { status: 'rejected', reason: { code: 'INFERENCE_FAILED' } });
  t.equal(logged.length, 2);
  t.match(await ask(indexRows(0, 1, 2, 3, 0, 1, 2, 3)), { rows: 8 }, 'the model goes on');
});

t.test('a model without a batch dimension runs row by row', async (t) => {
  const model = await loadModel(t, wholeModel(), { rowMode: 'whole', instances: 2, config: { task: 'regression', output: 'y', scores: null, tolerance: { absolute: 1, relative: 0.1 }, batching: { ...patient, max_delay_microseconds: 0 } } });
  const { ask, logged } = predictBench(model);
  const [reply, other] = await Promise.all([ask(floatRows([1, 2, 3], [4, 5, 60], [7, 8, 9])), ask(floatRows([1, 1, 1]))]);
  t.match(reply, { status: 'cold_start', labels: [null, null, null], values: Float64Array.of(6, 69, 24), reviews: Uint8Array.of(1, 1, 1) });
  t.same(numbers(reply.outputs['kept'], 3), [[1, 2, 3], [4, 5, 60], [7, 8, 9]]);
  t.same(numbers(reply.outputs['y'], 3), [6, 69, 24]);
  t.same(other.values, Float64Array.of(3));
  const batch = logged.find(({ ids }) => ids.length === 3);
  t.same(batch?.tolerances, Float64Array.of(1, 6.9, 2.4000000000000004));
  t.match(batch, { classes: Int32Array.of(-1, -1, -1), failureProbabilities: Float64Array.of(NaN, NaN, NaN), coldStartProbabilities: Float64Array.of(NaN, NaN, NaN) });
});

t.test('a model that turns out not to answer row by row runs each request alone and whole', async (t) => {
  const model = await loadModel(t, notRowWiseModel(), { config: { task: 'regression', output: 'y', scores: null, tolerance: { absolute: 1, relative: 0 }, batching: { ...patient, max_rows: 4 } } });
  const { ask, logger, clock, metrics } = predictBench(model);
  const all = Promise.all([ask(floatRows([1, 2, 3])), ask(floatRows([1, 1, 1], [2, 2, 2])), ask(floatRows([4, 5, 6]))]);
  clock.advance(5);
  const replies = await all;
  t.same(replies.map(({ values }) => Array.from(values)), [[6], [3, 6], [15]]);
  t.same(replies.map(({ requestOutputs }) => requestOutputs['count']), [1, 2, 1].map((count) => ({ type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(count)) })));
  t.same(replies.map(({ status }) => status), ['cold_start', 'cold_start', 'cold_start']);
  t.match(logger.lines, [{ level: 'warn', fields: { err: /^count has shape \[1\] for a batch of 3 rows$/ } }]);
  const runs = async () => (await metrics.batchRows.get()).values.find(({ metricName }) => metricName === 'metaerr_batch_rows_count')?.value ?? 0;
  const before = await runs();
  t.match((await ask(floatRows(...Array.from({ length: 7 }, (_, i) => [i, 0, 0] as const)))).requestOutputs, { count: { data: BigInt64Array.of(7n) } }, 'more rows than a batch has');
  t.equal(await runs(), before + 1);
  t.equal(logger.lines.length, 1);
});

t.test('a large request sees one meta-model, also when it is swapped meanwhile', async (t) => {
  const model = await loadModel(t, softmaxModel(), { config: { batching: { ...patient, max_rows: 2, max_delay_microseconds: 0 } } });
  await setMeta(model, 1, constantMetaModel(model.features.layout.width, 0.1));
  await setMeta(model, 2, constantMetaModel(model.features.layout.width, 0.2));
  const { session } = model.meta ?? { session: '' };
  let reads = 0;
  const swapping = Object.defineProperty({ ...model }, 'meta', { get: () => (reads++ === 0 ? { version: 1, labelFree: false, session: 'meta-1' } : { version: 2, session }) });
  const { ask, logged } = predictBench(swapping);
  const reply = await ask(floatRows(...Array.from({ length: 7 }, (_, i) => [i, 0, 0] as const)));
  t.equal(reply.metaVersion, 2);
  t.same(Array.from(reply.failureProbabilities, (p) => Math.fround(p)), new Array(7).fill(Math.fround(0.2)));
  t.same(logged[0]?.metaVersions, new Int32Array(7).fill(2));
});

t.test('in mode request a request is never joined and never split', async (t) => {
  const model = await loadModel(t, notRowWiseModel(), { rowMode: 'request', config: { task: 'custom', output: null, scores: null, batching: { ...patient, max_rows: 2 } } });
  const { ask, statistics } = predictBench(model);
  const sizes = [1, 3, 1, 5];
  // Nothing moves the clock: no request waits for company.
  const replies = await Promise.all(sizes.map((size) => ask(floatRows(...Array.from({ length: size }, () => [1, 2, 3] as const)))));
  t.same(replies.map(({ requestOutputs }) => Number(requestOutputs['count']?.data[0])), sizes);
  t.match(statistics.statistics('m', null), { executionCount: 4, batches: [{ rows: 1, computeInfer: { count: 2 } }, { rows: 3 }, { rows: 5 }] });
});

t.test("a request's own time-out is kept", async (t) => {
  const model = await loadModel(t, softmaxModel(), { config: { batching: { max_rows: 4, max_delay_microseconds: 1e6, max_queue_rows: 10, timeout_milliseconds: 5000 } } });
  const { ask, metrics, clock } = predictBench(model);
  // The only instance is kept busy until the clock has moved.
  const busy = ask(floatRows([1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]));
  const x = { x: { type: 'float32', dims: [1, 3], data: new Float32Array(3) } } as const;
  const late = t.rejects(ask(request(x, 1, { timeoutMilliseconds: 20 })), { code: 'REQUEST_TIMEOUT', message: /20 ms/ });
  clock.advance(20);
  await late;
  t.equal((await busy).rows, 4);
  t.match(await metrics.registry.metrics(), /metaerr_rejected_requests_total\{model="m",version="1",reason="timeout"\} 1/);
});

t.test('load is refused, not buffered without end', async (t) => {
  // Nothing keeps the instance busy: the delay is longer than the time-out, so requests wait until their time is over.
  const model = await loadModel(t, softmaxModel(), { config: { batching: { max_rows: 4, max_delay_microseconds: 5e6, max_queue_rows: 3, timeout_milliseconds: 2000 } } });
  const { ask, metrics, clock } = predictBench(model);
  const late = t.rejects(ask(floatRows([1, 2, 3], [1, 2, 3])), { code: 'REQUEST_TIMEOUT' });
  await t.rejects(ask(floatRows([1, 2, 3], [1, 2, 3])), { code: 'QUEUE_FULL', retryAfterSeconds: 1 });
  t.equal((await metrics.queueRows.get()).values[0]?.value, 2);
  clock.advance(2000);
  await late;
  t.equal((await metrics.queueRows.get()).values[0]?.value, 0);
  const text = await metrics.registry.metrics();
  for (const reason of ['queue_full', 'timeout']) t.ok(text.includes(`metaerr_rejected_requests_total{model="m",version="1",reason="${reason}"} 1`), reason);
});
