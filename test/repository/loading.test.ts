import { readFile } from 'node:fs/promises';
import t from 'tap';
import { modelTag } from '../../src/core/ids.js';
import type { EnginePoolFactory } from '../../src/engine/engine.js';
import { createThreadPool } from '../../src/engine/pool.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { runInputs } from '../../src/inference/runner-inputs.js';
import { predictPlan } from '../../src/inference/runner-plan.js';
import { FEATURE_OUTPUTS } from '../../src/meta/features/layout.js';
import { ENGINE_THREAD, SKLEARN, startRepository } from '../support/repository-fixture.js';
import * as models from '../support/repository-models.js';

async function runRows(loaded: LoadedModel, inputs: TensorMap, rows: number): Promise<TensorMap> {
  const { steps, fetch } = predictPlan(loaded, null);
  return (await loaded.pool.run({ steps, fetch, tensors: runInputs(loaded, inputs, rows) })).tensors;
}

void t.test('models of many kinds load, and a prediction runs through base model and features', async (t) => {
  const { repository, catalogue, logger } = await startRepository(t, {
    'soft/1/model.onnx': models.scoreModel({ last: 'Softmax' }),
    'several/3/model.onnx': models.severalOutputsModel(),
    'sigmoid/1/model.onnx': models.scoreModel({ columns: 1, last: 'Sigmoid' }),
    'house/1/model.onnx': models.scoreModel({ columns: 1 }),
    'house/metaerr.yaml': 'tolerance: {absolute: 0.5}',
    'free/1/model.onnx': models.scoreModel({ columns: 1 }),
    'one/1/model.onnx': models.scoreModel({ last: 'Softmax', rows: 1 }),
    'flat/1/model.onnx': models.batchlessModel(),
    'alone/1/model.onnx': models.singleRowModel(),
  });
  await repository.loadAll();
  const expected: Record<string, [task: string, output: string | null, rowMode: RowMode]> = {
    soft: ['classification', 'y', 'batched'],
    several: ['classification', 'logits', 'batched'],
    sigmoid: ['binary', 'y', 'batched'],
    house: ['regression', 'y', 'batched'],
    free: ['custom', null, 'batched'],
    one: ['classification', 'y', 'single'],
    flat: ['classification', 'y', 'whole'],
    alone: ['classification', 'y', 'single'],
  };
  for (const [name, [task, output, rowMode]] of Object.entries(expected)) {
    const loaded = catalogue.loaded(name);
    t.match({ task: loaded.config.task, output: loaded.config.output, rowMode: loaded.rowMode }, { task, output, rowMode }, name);
    const rows = rowMode === 'batched' ? 3 : 1;
    const tensors = await runRows(loaded, { x: models.someRows(rows) }, rows);
    t.strictSame(tensors[FEATURE_OUTPUTS.features]?.dims, [rows, loaded.features.layout.width], `${name}: features`);
    t.equal(tensors[FEATURE_OUTPUTS.confidence]?.data.length, task === 'regression' || task === 'custom' ? undefined : rows, `${name}: confidence`);
  }
  const ready = logger.lines.filter(({ message }) => message === 'model is ready').map(({ fields }) => fields as { model: string; assumptions: string[] });
  t.strictSame(ready.map(({ model }) => model).sort(), Object.keys(expected).sort());
  for (const { model, assumptions } of ready) t.strictSame(assumptions, catalogue.loaded(model).assumptions, `${model}: every assumption is in the log`);
  t.match(catalogue.loaded('alone').assumptions.join('\n'), /one row a run, although dimension 0 .* a run of 2 rows failed/);
  t.match(catalogue.loaded('one').assumptions.join('\n'), /one row a run, because dimension 0 of input x is no batch: its shape is \[1, 4\]/);
  t.equal(catalogue.get('several').version, 3);
});

void t.test('inputs of free size, texts and integers are warmed up with what fits', async (t) => {
  const { repository, catalogue } = await startRepository(t, { 'image/1/model.onnx': models.imageModel(), 'text/1/model.onnx': models.textModel() });
  await repository.loadAll();
  const image = catalogue.loaded('image');
  t.match(image, { rowMode: 'batched', config: { task: 'classification', scores: 'probabilities', labels: ['0', '1', '2'] } });
  const pixels = { type: 'float32', dims: [2, 3, 9, 7], data: new Float32Array(2 * 3 * 9 * 7).fill(0.5) } as const;
  t.equal((await runRows(image, { x: pixels }, 2))[FEATURE_OUTPUTS.confidence]?.data.length, 2);
  const text = catalogue.loaded('text');
  t.match(text, { rowMode: 'batched', config: { task: 'custom' } });
  const words = { type: 'string', dims: [2, 1], data: ['yes', 'no'] } as const;
  const ages = { type: 'int64', dims: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) } as const;
  const tensors = await runRows(text, { text: { ...words, data: [...words.data] }, ages }, 2);
  t.strictSame(tensors['output:sum']?.data, BigInt64Array.of(6n, 7n, 2n, 3n));
  t.strictSame(tensors[FEATURE_OUTPUTS.features]?.dims, [2, text.features.layout.width]);
});

void t.test('a classifier of scikit-learn with a ZipMap answers what scikit-learn does', async (t) => {
  const folder = new URL('logistic-strings/', SKLEARN);
  const expected = JSON.parse(await readFile(new URL('expected.json', folder), 'utf8')) as { inputs: number[][]; labels: string[]; probabilities: number[][] };
  const { repository, catalogue } = await startRepository(t, { 'iris/1/model.onnx': await readFile(new URL('model.onnx', folder)) });
  await repository.loadAll();
  const loaded = catalogue.loaded('iris');
  t.match(loaded.config, { task: 'classification', scores: 'probabilities', labelOutput: 'output_label', labels: ['setosa', 'versicolor', 'virginica'] });
  t.match(loaded.assumptions.join('\n'), /output_probability is a sequence of maps; the tensor probabilities behind it is served/);
  const rows = expected.inputs.length;
  const input = loaded.signature.inputs[0]?.name ?? '';
  const tensors = await runRows(loaded, { [input]: { type: 'float32', dims: [rows, 4], data: Float32Array.from(expected.inputs.flat()) } }, rows);
  t.strictSame(tensors['output:output_label']?.data, expected.labels);
  const confidences = Array.from(tensors[FEATURE_OUTPUTS.confidence]?.data as Float32Array);
  confidences.forEach((confidence, row) => t.ok(Math.abs(confidence - Math.max(...(expected.probabilities[row] ?? []))) < 1e-5));
});

void t.test('broken models of every sort are unavailable with a reason, and the others serve', async (t) => {
  const good = models.scoreModel({ last: 'Softmax' });
  const { repository, catalogue, logger } = await startRepository(t, {
    'good/1/model.onnx': good,
    'yaml/1/model.onnx': good,
    'yaml/metaerr.yaml': 'task: nonsense\ninstances: 0',
    'bytes/1/model.onnx': 'this is no model',
    'empty/1/model.onnx': '',
    'cut/1/model.onnx': good.subarray(0, good.length - 40),
    'none/metaerr.yaml': 'instances: 1',
    'gone/1/notes.txt': '',
    'fails/1/model.onnx': models.failingModel(),
    'wrong/1/model.onnx': good,
    'wrong/metaerr.yaml': 'output: logits',
    'bad name/1/model.onnx': good,
  });
  await repository.loadAll();
  t.ok(catalogue.ready);
  t.equal(catalogue.get('good').state, 'ready');
  const reasons: Record<string, RegExp> = {
    yaml: /metaerr.yaml: .*(task: must be one of.*instances: must be at least 1|instances: must be at least 1.*task: must be one of)/,
    bytes: /valid ONNX model/,
    empty: /no graph/,
    cut: /./,
    none: /the model has no version/,
    gone: /version 1 has no file model.onnx/,
    fails: /the base model failed at warm-up: .*Reshape/s,
    wrong: /output: the model has no output logits; it has y/,
    'bad name': /the name of the folder/,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    t.match(catalogue.get(name), { state: 'unavailable', loaded: null, reason }, name);
    t.throws(() => catalogue.loaded(name), { code: 'MODEL_UNAVAILABLE', message: reason }, name);
  }
  t.equal(logger.lines.filter(({ level }) => level === 'error').length, Object.keys(reasons).length);
});

void t.test('a model that no synthetic input fits still serves, and says what it assumed', async (t) => {
  const { repository, catalogue } = await startRepository(t, { 'picky/1/model.onnx': models.pickyModel() });
  await repository.loadAll();
  const loaded = catalogue.loaded('picky');
  t.match(loaded.assumptions.join('\n'), /warm-up: no run with synthetic inputs succeeded[^]*scores: probabilities, because Softmax/);
  const tensors = await runRows(loaded, { x: models.someRows(2, 11) }, 2);
  t.strictSame(tensors[FEATURE_OUTPUTS.classes]?.dims, [2]);
});

void t.test('states can be asked while models load', async (t) => {
  let whileLoading: () => void = () => undefined;
  const make = createThreadPool({ threadUrl: ENGINE_THREAD });
  const poolFactory: EnginePoolFactory = (options) => {
    whileLoading();
    return make(options);
  };
  const { repository, catalogue } = await startRepository(t, { 'a/1/model.onnx': models.scoreModel({ last: 'Softmax' }) }, { poolFactory });
  t.throws(() => catalogue.get('a'), { code: 'MODEL_NOT_READY' }, 'before the folder was looked at, no model is unknown');
  t.throws(() => catalogue.byTag(modelTag('a')), { code: 'MODEL_NOT_READY' });
  const seen = new Promise<void>((resolve) => {
    whileLoading = () => {
      t.match(catalogue.get('a'), { state: 'loading', version: 1, reason: null, loaded: null });
      t.throws(() => catalogue.loaded('a'), { code: 'MODEL_NOT_READY', retryAfterSeconds: 2 });
      t.throws(() => catalogue.lease('a'), { code: 'MODEL_NOT_READY' });
      t.notOk(catalogue.ready);
      resolve();
    };
  });
  await repository.loadAll();
  await seen;
  t.match(catalogue.get('a', 1), { state: 'ready', version: 1 });
  t.equal(catalogue.byTag(modelTag('a'))?.name, 'a');
  t.equal(catalogue.byTag('ZZZZZZ'), null);
  t.throws(() => catalogue.get('b'), { code: 'MODEL_NOT_FOUND' });
  t.throws(() => catalogue.get('a', 2), { code: 'VERSION_NOT_FOUND' });
  t.throws(() => catalogue.loaded('b'), { code: 'MODEL_NOT_FOUND' });
});

void t.test('a folder that is missing or empty is a repository without models', async (t) => {
  const { repository, catalogue, logger } = await startRepository(t, {}, { directory: '/nonexistent/models' });
  await repository.loadAll();
  t.ok(catalogue.ready);
  t.strictSame(catalogue.list(), []);
  t.match(logger.lines, [{ level: 'warn', message: 'model repository cannot be read, there are no models' }]);
});

void t.test('a missing execution provider falls back to the CPU with one log line and a metric', async (t) => {
  const { repository, catalogue, logger, metrics } = await startRepository(t, {
    'gpu/1/model.onnx': models.scoreModel({ last: 'Softmax' }),
    'gpu/metaerr.yaml': 'execution_providers: [cuda, cpu]\ninstances: 2',
  });
  await repository.loadAll();
  const loaded = catalogue.loaded('gpu');
  if (loaded.base?.fallback === null) return t.pass('this machine has the provider');
  t.equal(loaded.base?.executionProvider, 'cpu');
  t.equal(logger.lines.filter(({ level }) => level === 'warn').length, 1);
  t.match(await metrics.providerFallbacks.get(), { values: [{ value: 1, labels: { model: 'gpu', version: '1', requested: 'cuda' } }] });
});

void t.test('two names of one tag: the later is unavailable', async (t) => {
  const byTag = new Map<string, string>();
  let pair: [string, string] | null = null;
  for (let i = 0; pair === null; i++) {
    const name = `m${i}`;
    const other = byTag.get(modelTag(name));
    if (other !== undefined) pair = [other, name];
    byTag.set(modelTag(name), name);
  }
  const [first, second] = [...pair].sort() as [string, string];
  const onnx = models.scoreModel({ last: 'Softmax' });
  const { repository, catalogue } = await startRepository(t, { [`${first}/1/model.onnx`]: onnx, [`${second}/1/model.onnx`]: onnx });
  await repository.loadAll();
  t.equal(catalogue.get(first).state, 'ready');
  t.match(catalogue.get(second), { state: 'unavailable', reason: new RegExp(`model ${first};`) });
  t.equal(catalogue.byTag(modelTag(second))?.name, first);
});
