import t from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { rowValue } from '../../src/inference/codec/nested-output.js';
import { floatRows, indexRows, loadModel, predictBench, setMeta } from '../support/predict-bench.js';
import { constantMetaModel, notRowWiseModel, softmaxModel, tableModel, wholeModel } from '../support/predict-models.js';

const patient = { max_rows: 8, max_delay_microseconds: 2000, max_queue_rows: 1000, timeout_milliseconds: 5000 };
const numbers = (tensor: Tensor | undefined, rows: number) => Array.from({ length: rows }, (_, row) => rowValue(tensor as Tensor, row));

t.test('an engine error fails only its own request, with the engine message', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: patient } });
  const { predict, logged, clock } = predictBench(model);
  const all = Promise.allSettled([predict.predict(indexRows(0, 1)), predict.predict(indexRows(9)), predict.predict(indexRows(2)), predict.predict(indexRows(1, 77))]);
  clock.advance(5);
  const [first, second, third, fourth] = await all;
  t.match(first, { status: 'fulfilled', value: { labels: ['0', '1'] } });
  t.match(third, { status: 'fulfilled', value: { labels: ['0'] } });
  t.match(second, { status: 'rejected', reason: { code: 'INFERENCE_FAILED', message: /indices|index/i } });
  t.match(fourth, { status: 'rejected', reason: { code: 'INFERENCE_FAILED' } });
  t.equal(logged.length, 2);
  t.match(await predict.predict(indexRows(0, 1, 2, 3, 0, 1, 2, 3)), { rows: 8 }, 'the model goes on');
});

t.test('a model without a batch dimension runs row by row', async (t) => {
  const model = await loadModel(t, wholeModel(), { batched: false, instances: 2, config: { task: 'regression', output: 'y', scores: null, tolerance: { absolute: 1, relative: 0.1 }, batching: { ...patient, max_delay_microseconds: 0 } } });
  const { predict, logged } = predictBench(model);
  const [reply, other] = await Promise.all([predict.predict(floatRows([1, 2, 3], [4, 5, 60], [7, 8, 9])), predict.predict(floatRows([1, 1, 1]))]);
  t.match(reply, { status: 'cold_start', labels: [null, null, null], values: Float64Array.of(6, 69, 24), reviews: Uint8Array.of(1, 1, 1) });
  t.same(numbers(reply.outputs['kept'], 3), [[1, 2, 3], [4, 5, 60], [7, 8, 9]]);
  t.same(numbers(reply.outputs['y'], 3), [6, 69, 24]);
  t.same(other.values, Float64Array.of(3));
  const batch = logged.find(({ ids }) => ids.length === 3);
  t.same(batch?.tolerances, Float64Array.of(1, 6.9, 2.4000000000000004));
  t.match(batch, { classes: Int32Array.of(-1, -1, -1), failureProbabilities: Float64Array.of(NaN, NaN, NaN), coldStartProbabilities: Float64Array.of(NaN, NaN, NaN) });
});

t.test('a model that turns out not to answer row by row is run one row at a time', async (t) => {
  const model = await loadModel(t, notRowWiseModel(), { config: { task: 'regression', output: 'y', scores: null, tolerance: { absolute: 1, relative: 0 } } });
  const { predict, logger } = predictBench(model);
  const reply = await predict.predict(floatRows([1, 2, 3], [4, 5, 6], [7, 8, 9]));
  t.same(reply.values, Float64Array.of(6, 15, 24));
  t.same(numbers(reply.outputs['count'], 3), [1, 1, 1]);
  await predict.predict(floatRows([1, 2, 3], [4, 5, 6]));
  t.equal(logger.lines.filter(({ level }) => level === 'warn').length, 1);
});

t.test('a large request sees one meta-model, also when it is swapped meanwhile', async (t) => {
  const model = await loadModel(t, softmaxModel(), { config: { batching: { ...patient, max_rows: 2, max_delay_microseconds: 0 } } });
  await setMeta(model, 1, constantMetaModel(model.layout.width, 0.1));
  await setMeta(model, 2, constantMetaModel(model.layout.width, 0.2));
  const { session } = model.meta ?? { session: '' };
  let reads = 0;
  const swapping = Object.defineProperty({ ...model }, 'meta', { get: () => (reads++ === 0 ? { version: 1, session: 'meta-1' } : { version: 2, session }) });
  const { predict, logged } = predictBench(swapping);
  const reply = await predict.predict(floatRows(...Array.from({ length: 7 }, (_, i) => [i, 0, 0] as const)));
  t.equal(reply.metaVersion, 2);
  t.same(Array.from(reply.failureProbabilities, (p) => Math.fround(p)), new Array(7).fill(Math.fround(0.2)));
  t.same(logged[0]?.metaVersions, new Int32Array(7).fill(2));
});

t.test('load is refused, not buffered without end', async (t) => {
  // Nothing keeps the instance busy: the delay is longer than the time-out, so requests wait until their time is over.
  const model = await loadModel(t, softmaxModel(), { config: { batching: { max_rows: 4, max_delay_microseconds: 5e6, max_queue_rows: 3, timeout_milliseconds: 2000 } } });
  const { predict, metrics, clock } = predictBench(model);
  const late = t.rejects(predict.predict(floatRows([1, 2, 3], [1, 2, 3])), { code: 'REQUEST_TIMEOUT' });
  await t.rejects(predict.predict(floatRows([1, 2, 3], [1, 2, 3])), { code: 'QUEUE_FULL', retryAfterSeconds: 1 });
  t.equal((await metrics.queueRows.get()).values[0]?.value, 2);
  clock.advance(2000);
  await late;
  t.equal((await metrics.queueRows.get()).values[0]?.value, 0);
  const text = await metrics.registry.metrics();
  for (const reason of ['queue_full', 'timeout']) t.ok(text.includes(`metaerr_rejected_requests_total{model="m",version="1",reason="${reason}"} 1`), reason);
});
