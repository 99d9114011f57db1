import t from 'tap';
import { tagOfPredictionId } from '../../src/core/ids.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import { storedInputs } from '../../src/inference/predict-ledger.js';
import { decoded, floatRows, indexColumn, indexRows, loadModel, predictBench, request, setMeta } from '../support/predict-bench.js';
import { constantMetaModel, softmaxModel, tableModel } from '../support/predict-models.js';

t.test('cold start: the failure probability is one minus the confidence', async (t) => {
  const model = await loadModel(t, tableModel());
  const { ask, logged, clock } = predictBench(model);
  const reply = await ask(indexRows(0, 1, 3));
  t.match(reply, { model: { key: { model: 'm', version: 1 } }, metaVersion: 0, status: 'cold_start', rows: 3, labels: ['0', '1', '0'] });
  for (const [row, confidence] of [0.9, 0.8, 0.5].entries()) {
    t.ok(Math.abs((reply.confidences[row] ?? NaN) - confidence) < 1e-6);
    t.ok(Math.abs((reply.failureProbabilities[row] ?? NaN) - (1 - confidence)) < 1e-6);
  }
  t.same(reply.reviews, Uint8Array.of(0, 0, 0), 'a half is not above the threshold');
  t.equal(tagOfPredictionId(reply.predictionId), 'ABCDEF');
  t.same(Object.keys(reply.outputs), ['probabilities']);
  const [batch] = logged;
  t.match(batch, { key: model.key, task: 'classification', featureSchema: model.features.layout.schema, featureWidth: model.features.layout.width });
  t.same(batch?.ids, new Array(3).fill(reply.predictionId));
  t.same(batch?.rows, Int32Array.of(0, 1, 2));
  t.same(batch?.createdAt, new Float64Array(3).fill(clock.now()));
  t.same(batch?.classes, Int32Array.of(0, 1, 0));
  t.same(batch?.statuses, Uint8Array.of(1, 1, 1));
  t.same(batch?.inputs, ['{"row":0}', '{"row":1}', '{"row":2}']);
  t.same(batch?.coldStartProbabilities, reply.failureProbabilities);
});

t.test('with a meta-model: its score, its version, and the review threshold', async (t) => {
  const model = await loadModel(t, softmaxModel(), { config: { labels: ['a', 'b', 'c'], review_threshold: 0.2 } });
  await setMeta(model, 4, constantMetaModel(model.features.layout.width, 0.25));
  const { ask, logged } = predictBench(model);
  const reply = await ask(floatRows([0, 3, 0], [5, 0, 0]));
  t.match(reply, { status: 'ok', metaVersion: 4, labels: ['b', 'a'] });
  t.same(reply.failureProbabilities, Float64Array.of(0.25, 0.25));
  t.same(reply.reviews, Uint8Array.of(1, 1));
  t.match(logged[0], { metaVersions: Int32Array.of(4, 4), statuses: Uint8Array.of(0, 0) });
  t.not(logged[0]?.coldStartProbabilities[0], 0.25, 'the cold-start score is kept beside it');
});

t.test('a row without a score is degraded and reviewed; the others keep theirs', async (t) => {
  const model = await loadModel(t, softmaxModel());
  await setMeta(model, 1, constantMetaModel(model.features.layout.width, 0.25));
  const { ask } = predictBench(model);
  const reply = await ask(floatRows([1, 0, 0], [-1, 0, 0]));
  t.equal(reply.status, 'degraded');
  t.same(reply.failureProbabilities, Float64Array.of(0.25, NaN));
  t.same(reply.reviews, Uint8Array.of(0, 1));
});

t.test('degraded: the meta-model fails, the base outputs go out', async (t) => {
  const model = await loadModel(t, tableModel());
  model.meta = { version: 7, labelFree: false, session: 'gone' };
  const { ask, logged, logger, metrics } = predictBench(model);
  for (let i = 0; i < 3; i++) t.match(await ask(indexRows(1)), { status: 'degraded', metaVersion: 7, labels: ['1'], failureProbabilities: Float64Array.of(NaN), reviews: Uint8Array.of(1) });
  t.equal(logger.lines.filter(({ level }) => level === 'error').length, 1, 'one line until it works again');
  t.equal(logged[0]?.featureSchema, model.features.layout.schema);
  t.same((await metrics.expectedFailures.get()).values.map(({ value }) => value), [0]);
  model.meta = null;
  t.match(await ask(indexRows(1)), { status: 'cold_start', metaVersion: 0 });
});

t.test('degraded: the feature graph fails; the label is read from the scores, the ledger gets no features', async (t) => {
  const model = await loadModel(t, softmaxModel());
  const { ask, logged, logger } = predictBench({ ...model, features: { ...model.features, session: 'gone' }, meta: { version: 2, labelFree: false, session: 'gone too' } });
  const reply = await ask(floatRows([0, 3, 0], [0, 1, 2]));
  t.match(reply, { status: 'degraded', labels: ['1', '2'], confidences: Float64Array.of(NaN, NaN), reviews: Uint8Array.of(1, 1) });
  t.match(logged[0], { featureSchema: '', featureWidth: 0, features: new Float32Array(0), statuses: Uint8Array.of(2, 2), classes: Int32Array.of(1, 2) });
  t.equal(logger.lines.length, 1, 'the cause is logged, not what follows from it');
});

t.test('metrics', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { review_threshold: 0.3 } });
  const { ask, metrics } = predictBench(model);
  await ask(indexRows(0, 1, 2));
  const text = await metrics.registry.metrics();
  for (const line of [
    'metaerr_predictions_total{model="m",version="1"} 3',
    'metaerr_decisions_total{model="m",version="1",decision="review"} 1',
    'metaerr_decisions_total{model="m",version="1",decision="accept"} 2',
    'metaerr_prediction_status_total{model="m",version="1",status="cold_start"} 3',
    'metaerr_failure_probability_count{model="m",version="1"} 3',
    'metaerr_batch_rows_sum{model="m",version="1"} 3',
    'metaerr_stage_duration_seconds_count{model="m",version="1",stage="base"} 1',
    'metaerr_stage_duration_seconds_count{model="m",version="1",stage="features"} 1',
    'metaerr_stage_duration_seconds_count{model="m",version="1",stage="queue"} 1',
  ]) t.ok(text.includes(line), line);
  const expected = (await metrics.expectedFailures.get()).values[0]?.value ?? 0;
  t.ok(Math.abs(expected - (0.1 + 0.2 + 0.4)) < 1e-6);
});

t.test('the policy for raw inputs', async (t) => {
  const texts = ['[1]', `"${'x'.repeat(5000)}"`, '[3]'];
  const stored = async (store_inputs: 'auto' | 'none' | 'all') => {
    const model = await loadModel(t, tableModel(), { config: { features: { max_width: 8, pictures: 'auto', series: 'auto', texts: 'auto', test_time_augmentation: 'none', store_inputs } } });
    const { ask, logged } = predictBench(model);
    await ask(request(indexColumn(0, 1, 2), 3, { inputText: (row) => texts[row] ?? '' }));
    return logged[0]?.inputs;
  };
  t.same(await stored('auto'), ['[1]', null, '[3]']);
  t.same(await stored('all'), texts);
  t.same(await stored('none'), [null, null, null]);
  let asked = 0;
  const long = decoded(indexColumn(...new Array<number>(50).fill(0)), 50, { inputText: () => `${asked++}`.padEnd(5000) });
  t.same(storedInputs(long, 'auto'), new Array(50).fill(null));
  t.equal(asked, 4, 'no time is spent on rows that will not be kept');
});

t.test('a request that does not fit is refused before it joins a batch', async (t) => {
  const model = await loadModel(t, softmaxModel());
  const { ask } = predictBench(model);
  const x = (type: 'float32' | 'int32', dims: number[], values: number): TensorMap => ({
    x: type === 'float32' ? { type, dims, data: new Float32Array(values) } : { type, dims, data: new Int32Array(values) },
  });
  const good = ask(floatRows([1, 2, 3]));
  const fits = x('float32', [2, 3], 6);
  const bad = [x('int32', [2, 3], 6), x('float32', [2, 4], 8), x('float32', [3, 3], 9), x('float32', [2, 3], 5), {}];
  for (const inputs of bad) await t.rejects(ask(request(inputs, 2)), { code: 'INVALID_INPUT', field: 'x' });
  await t.rejects(ask(request(fits, 0)), { code: 'INVALID_INPUT', field: 'rows' });
  await t.rejects(ask(request({ ...fits, y: { type: 'bool', dims: [2], data: new Uint8Array(2) } }, 2)), { code: 'INVALID_INPUT', field: 'y' });
  t.equal((await good).rows, 1);
});

t.test('a writer that throws costs no prediction', async (t) => {
  const model = await loadModel(t, tableModel());
  const { ask, logger } = predictBench(model, { writer: { add: () => { throw new Error('full'); } } });
  t.match(await ask(indexRows(0)), { rows: 1, status: 'degraded' });
  t.match(logger.lines, [{ level: 'error', fields: { err: 'full' } }]);
});

t.test('a prediction that may be missing in a ledger that is meant to hold all says so, and keeps its score', async (t) => {
  const model = await loadModel(t, tableModel());
  let keeps = true;
  const { ask, metrics } = predictBench(model, { writer: { add: () => keeps } });
  const before = await ask(indexRows(0));
  t.equal(before.status, 'cold_start');
  keeps = false;
  const after = await ask(indexRows(0));
  t.equal(after.status, 'degraded');
  t.same(after.failureProbabilities, before.failureProbabilities);
  t.same(after.reviews, before.reviews);
  t.match((await metrics.statuses.get()).values, [{ labels: { status: 'cold_start' }, value: 1 }, { labels: { status: 'degraded' }, value: 1 }]);
});

t.test('close answers what runs and refuses the rest', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: { max_rows: 8, max_delay_microseconds: 1e6, max_queue_rows: 100, timeout_milliseconds: 5000 } } });
  const { predict, ask, logged } = predictBench(model);
  const taken = [ask(indexRows(0)), ask(indexRows(1))];
  const closing = predict.close();
  await t.rejects(ask(indexRows(2)), { code: 'SHUTTING_DOWN' });
  await closing;
  t.equal(logged.length, 2);
  t.same((await Promise.all(taken)).map(({ labels }) => labels), [['0'], ['1']]);
  await predict.close();
});
