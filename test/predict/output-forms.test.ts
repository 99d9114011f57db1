import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { floatRows, loadModel, predictBench, request, setMeta } from '../support/predict-bench.js';
import { constantMetaModel } from '../support/predict-models.js';
import { columnsModel, squeezingModel, withoutSizes } from '../support/predict-row-modes.js';

const BINARY = { task: 'binary', output: 'p', scores: 'binary_probability' } as const;
const PATIENT = { max_rows: 8, max_delay_microseconds: 2000, max_queue_rows: 1000, timeout_milliseconds: 5000 };
/** Their sums are the logits. */
const rows = [[2, 0, 0], [0, -3, 0], [1, 0, 0], [0, -1, 0]] as const;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

for (const [name, onnx, rowMode] of [
  ['[1, N]', columnsModel(), 'batched'],
  ['[1, N] in mode request', columnsModel(), 'request'],
  ['an output without a dimension for one row', squeezingModel(), 'batched'],
  ['an output without a dimension for one row, in mode request', squeezingModel(), 'request'],
] as const) {
  t.test(`${name}: the task and the features read it by row, alone and in a batch`, async (t) => {
    const model = await loadModel(t, onnx, { rowMode, config: { ...BINARY, batching: PATIENT } });
    await setMeta(model, 3, constantMetaModel(model.features.layout.width, 0.25));
    const { ask, clock, logged, logger } = predictBench(model);
    const [first, second, third, fourth] = rows;
    const pending = Promise.all([ask(floatRows(first)), ask(floatRows(second, third)), ask(floatRows(fourth))]);
    clock.advance(5);
    const together = await pending;
    const later = ask(floatRows(...rows));
    clock.advance(5);
    const whole = await later;
    t.same(together.flatMap(({ labels }) => labels), ['1', '0', '1', '0']);
    t.same(whole.labels, ['1', '0', '1', '0']);
    for (const [row, [x, y]] of rows.entries()) t.ok(Math.abs((whole.confidences[row] ?? NaN) - sigmoid(Math.abs(x + y))) < 1e-6, `confidence of row ${row}`);
    t.same(together.flatMap(({ confidences }) => Array.from(confidences)), Array.from(whole.confidences));
    t.ok([...together, whole].every(({ status, metaVersion }) => status === 'ok' && metaVersion === 3));
    const features = logged.map((batch) => Array.from(batch.features));
    t.same(features.slice(0, 3).flat(), features[3], 'each row has the features that it has in any company');
    t.same(logger.lines, [], 'no step fails');
  });
}

t.test('[1, N] that is not declared is known from the first run of several rows on', async (t) => {
  const model = withoutSizes(await loadModel(t, columnsModel(), { config: { task: 'custom', output: null, scores: null, batching: { ...PATIENT, max_rows: 3, max_delay_microseconds: 0 } } }));
  const { ask, statistics, logger } = predictBench(model);
  const [row] = rows;
  for (const count of [3, 1, 7]) {
    const { outputs, forms } = await ask(floatRows(...new Array<typeof row>(count).fill(row)));
    t.same([outputs['p']?.dims, forms], [[count], { p: 'columns', y: 'rows' }]);
  }
  t.match(statistics.statistics('m', null), { batches: [{ rows: 1, computeInfer: { count: 2 } }, { rows: 3, computeInfer: { count: 3 } }] });
  t.same(logger.lines, []);
});

t.test('an output of variable rows that lacks the dimension for one row is a feature all the same', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['N', 'L']);
  graph.output('sequence', graph.node('Squeeze', [graph.node('Sqrt', [x])]), 'float32', ['N', 'L']);
  const model = await loadModel(t, graph.toModel(), { rowMode: 'request', config: { task: 'custom', output: 'sequence', scores: null } });
  const { ask, logged, logger } = predictBench(model);
  for (const values of [[1, 4, 9], [1, 4, 9, 16, 25, 36]]) {
    const inputs = { x: { type: 'float32', dims: [values.length / 3, 3], data: Float32Array.from(values) } } as const;
    t.equal((await ask(request(inputs, values.length / 3))).status, 'cold_start');
  }
  const [alone, together] = logged;
  t.same(Array.from(alone?.features ?? []), Array.from(together?.features.slice(0, alone?.featureWidth) ?? []));
  t.ok(alone?.features.some((feature) => feature !== 0));
  t.same(logger.lines, []);
});

t.test('an output that the task needs, but that has no rows, costs the scores and not the prediction', async (t) => {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['N', 3]);
  graph.output('p', graph.node('ReduceMax', [graph.node('Sigmoid', [x])], { keepdims: 0 }), 'float32', []);
  graph.output('y', x, 'float32', ['N', 3]);
  const model = await loadModel(t, graph.toModel(), { rowMode: 'request', config: BINARY });
  const { ask, logged, logger } = predictBench(model);
  for (let i = 0; i < 2; i++) {
    const { status, reviews, requestOutputs } = await ask(floatRows(...rows));
    t.same({ status, reviews, dims: requestOutputs['p']?.dims }, { status: 'degraded', reviews: Uint8Array.of(1, 1, 1, 1), dims: [] });
  }
  t.match(logged[0], { featureSchema: '', featureWidth: 0 });
  t.match(logger.lines, [{ level: 'error', message: /predictions are degraded/ }]);
  t.equal(logger.lines.length, 1);
});
