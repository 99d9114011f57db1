import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import type { Tensor, TensorMap } from '../../src/engine/tensor.js';
import type { DecodedRequest, LiveMetaModel, LoadedModel } from '../../src/inference/contracts.js';
import { engineForm } from '../../src/inference/output-form.js';
import { predictBench, request, setMeta } from '../support/predict-bench.js';
import { loadExternal } from '../support/external-models.js';
import { constantMetaModel } from '../support/predict-models.js';

const DECLARED = `
outputs: [{ name: p, shape: [-1, 3] }, { name: note, datatype: BYTES, shape: [-1] }]
inputs: [{ name: x, shape: [-1, 2] }]
task: classification
scores: probabilities
labels: [a, b, c]
batching: { max_rows: 8, max_delay_microseconds: 2000 }
`;

const floats = (width: number, rows: readonly (readonly number[])[]): Tensor => ({ type: 'float32', dims: [rows.length, width], data: Float32Array.from(rows.flat()) });
const scored = (scores: readonly (readonly number[])[], inputs: readonly (readonly number[])[] | null, changes: Partial<DecodedRequest> = {}) =>
  request(inputs === null ? {} : { x: floats(2, inputs) }, scores.length, { outputs: { p: floats(3, scores) }, ...changes });

type External = LoadedModel & { meta: LiveMetaModel | null };

async function external(test: Parameters<typeof loadExternal>[0], yaml = DECLARED): Promise<External> {
  const loaded = await loadExternal(test, yaml);
  const { key, tag, config, signature, rowMode, features, behaviourOnly, pool, base, assumptions } = loaded;
  return { key, tag, config, signature, rowMode, features, behaviourOnly, pool, base, assumptions, meta: null };
}

t.test('outputs that were made elsewhere are scored, logged and given back', async (t) => {
  const model = await external(t);
  await setMeta(model, 5, constantMetaModel(model.features.layout.width, 0.75));
  const { ask, logged, metrics } = predictBench(model, { clock: systemClock });
  const outputs: TensorMap = { p: floats(3, [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]), note: { type: 'string', dims: [2], data: ['u', 'v'] } };
  const reply = await ask(scored([[0, 0, 0], [0, 0, 0]], [[1, 2], [3, 4]], { outputs }));
  t.match(reply, { status: 'ok', metaVersion: 5, labels: ['a', 'c'], requestOutputs: {} });
  t.same(reply.failureProbabilities, Float64Array.of(0.75, 0.75));
  t.ok(Math.abs((reply.confidences[0] ?? 0) - 0.7) < 1e-6);
  for (const [name, tensor] of Object.entries(outputs)) t.strictSame(engineForm(reply.outputs[name] as Tensor, reply.forms[name] ?? 'bare'), tensor);
  t.match(logged[0], { featureSchema: model.features.layout.schema, featureWidth: 5, labels: ['a', 'c'], statuses: Uint8Array.of(0, 0) });
  t.same(Array.from(logged[0]?.features.slice(0, 2) ?? []), [1, 2], 'the inputs are features');
  const text = await metrics.registry.metrics();
  t.notOk(text.includes('stage="base"'), 'no base model ran');
  t.ok(text.includes('metaerr_stage_duration_seconds_count{model="m",version="1",stage="meta"} 1'));
});

t.test('rows with and without inputs come at the same time: each goes its way', async (t) => {
  const model = await external(t);
  const { behaviourOnly, features } = model;
  if (behaviourOnly === null) throw new Error('expected a chain for rows without inputs');
  await setMeta(model, 5, constantMetaModel(features.layout.width, 0.75));
  const { ask, logged, clock, statistics, logger } = predictBench(model);
  const p = [0.7, 0.2, 0.1];
  const pending = Promise.all([ask(scored([p], [[1, 2]])), ask(scored([p, p], null)), ask(scored([p], [[3, 4]])), ask(scored([p], null)), ask(scored([p, p], [[5, 6], [7, 8]]))]);
  clock.advance(10);
  const replies = await pending;
  for (const [index, complete] of [true, false, true, false, true].entries()) {
    const reply = replies[index];
    t.match(reply, complete ? { status: 'ok', metaVersion: 5 } : { status: 'cold_start', metaVersion: 0 });
    t.ok(Array.from(reply?.failureProbabilities ?? [NaN]).every((score) => (complete ? score === 0.75 : Math.abs(score - 0.3) < 1e-6)), 'without inputs: one minus the confidence');
    const batch = logged.find(({ ids }) => ids[0] === reply?.predictionId);
    const chain = complete ? features : behaviourOnly;
    t.match(batch, { featureSchema: chain.layout.schema, featureWidth: chain.layout.width });
    t.equal(batch?.features.length, (reply?.rows ?? 0) * chain.layout.width);
  }
  t.same(logged.flatMap(({ features: all, featureWidth, rows }) => (featureWidth === 5 ? Array.from(rows, (row) => Array.from(all.slice(row * 5, row * 5 + 2))) : [])).sort(), [[1, 2], [3, 4], [5, 6], [7, 8]]);
  t.match(statistics.statistics('m', null), { inferenceCount: 7, executionCount: 2, batches: [{ rows: 3 }, { rows: 4 }] });
  t.same(logger.lines, []);
});

t.test('requests that give other outputs do not share a run', async (t) => {
  const model = await external(t);
  const { ask, clock, statistics } = predictBench(model);
  const p = [0.7, 0.2, 0.1];
  const note: Tensor = { type: 'string', dims: [1], data: ['n'] };
  const pending = Promise.all([ask(scored([p], [[1, 2]])), ask(scored([p], [[1, 2]], { outputs: { note, p: floats(3, [p]) } })), ask(scored([p], [[3, 4]]))]);
  clock.advance(10);
  t.same((await pending).map(({ outputs }) => Object.keys(outputs)), [['p'], ['note', 'p'], ['p']]);
  t.match(statistics.statistics('m', null), { batches: [{ rows: 1 }, { rows: 2 }] });
});

t.test('given outputs must be those of the declaration', async (t) => {
  const model = await external(t);
  const { ask, statistics } = predictBench(model, { clock: systemClock });
  const inputs = { x: floats(2, [[1, 2]]) };
  const p = floats(3, [[0.7, 0.2, 0.1]]);
  const cases: readonly (readonly [TensorMap, TensorMap, string])[] = [
    [inputs, {}, 'outputs.p'],
    [inputs, { p: floats(2, [[0.7, 0.3]]) }, 'outputs.p'],
    [inputs, { p: floats(3, [[1, 0, 0], [1, 0, 0]]) }, 'outputs.p'],
    [inputs, { p: { ...p, type: 'float64', data: new Float64Array(3) } }, 'outputs.p'],
    [inputs, { p, q: p }, 'outputs.q'],
    [{ x: floats(1, [[1]]) }, { p }, 'x'],
    [{ y: floats(1, [[1]]) }, { p }, 'x'],
  ];
  for (const [given, outputs, field] of cases) await t.rejects(ask(request(given, 1, { outputs })), { code: 'INVALID_INPUT', field });
  t.match(statistics.statistics('m', null), { fail: { count: cases.length }, success: { count: 0 } });
  const { ask: refusing } = predictBench({ ...model, behaviourOnly: null });
  await t.rejects(refusing(request({}, 1, { outputs: { p } })), { code: 'INVALID_INPUT', field: 'x' }, 'where rows without inputs are not taken');
});

t.test('where no inputs are declared, complete rows have none, and the meta-model scores them', async (t) => {
  const model = await external(t, DECLARED.replace(/^inputs.*$/m, ''));
  await setMeta(model, 2, constantMetaModel(model.features.layout.width, 0.5));
  // ln of the first probability is negative, for which the constant meta-model has no score.
  const { ask, logged } = predictBench(model, { clock: systemClock });
  const reply = await ask(scored([[0.2, 0.7, 0.1]], null, { inputText: () => '{"any":"thing"}' }));
  t.match(reply, { metaVersion: 2, labels: ['b'], status: 'degraded' });
  t.match(logged[0], { featureSchema: model.features.layout.schema, inputs: ['{"any":"thing"}'], metaVersions: Int32Array.of(2) });
});

t.test('rows without inputs store none', async (t) => {
  const model = await external(t);
  const { ask, logged } = predictBench(model, { clock: systemClock });
  await ask(scored([[0.7, 0.2, 0.1]], null, { inputText: () => 'null' }));
  t.same(logged[0]?.inputs, [null]);
});

t.test('a feature graph that fails costs the scores only', async (t) => {
  const model = await external(t);
  const { ask, logger } = predictBench({ ...model, features: { ...model.features, session: 'gone' } }, { clock: systemClock });
  t.match(await ask(scored([[0.1, 0.2, 0.7]], [[1, 2]])), { status: 'degraded', labels: ['c'], reviews: Uint8Array.of(1) });
  t.equal(logger.lines.length, 1);
});
