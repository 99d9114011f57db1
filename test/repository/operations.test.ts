import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { modelTag } from '../../src/core/ids.js';
import { ModelEntry } from '../../src/inference/repository/model-entry.js';
import { ModelOperations } from '../../src/inference/repository/model-operations.js';
import { startRepository, writeFiles, type Files } from '../support/repository-fixture.js';
import { constantMetaModel, scoreModel } from '../support/repository-models.js';

const SOFTMAX = scoreModel({ last: 'Softmax' });

async function start(t: Test, files: Files = { 'm/1/model.onnx': SOFTMAX }) {
  const started = await startRepository(t, files);
  await started.repository.loadAll();
  const index = async () => (await started.repository.index()).map(({ name, version, state, reason }) => [name, version, state, reason].join(' ').trim());
  return { ...started, index };
}

void t.test('the index has every version of every model of the folder, read anew', async (t) => {
  const { directory, repository, index } = await start(t, {
    'b/1/model.onnx': SOFTMAX,
    'b/3/model.onnx': SOFTMAX,
    'b/10/model.onnx': SOFTMAX,
    'b/old/model.onnx': SOFTMAX,
    'b/2': 'a file is no version',
    'a/2/model.onnx': 'broken',
    'a/1/model.onnx': SOFTMAX,
    'none/notes.txt': '',
    'yaml/1/model.onnx': SOFTMAX,
    'yaml/metaerr.yaml': 'task: nonsense',
    'bad name/1/model.onnx': SOFTMAX,
    'pinned/1/model.onnx': SOFTMAX,
    'pinned/2/model.onnx': SOFTMAX,
    'pinned/metaerr.yaml': 'version: 1',
  });
  await mkdir(path.join(directory, 'pinned', '5'));
  await writeFiles(directory, { 'new/1/model.onnx': SOFTMAX });
  t.match(await index(), [
    'a 1 unavailable not loaded',
    /^a 2 unavailable .*valid ONNX model/,
    'b 1 unavailable not loaded; version 10 serves',
    'b 3 unavailable not loaded; version 10 serves',
    'b 10 ready',
    /^bad name {2}unavailable the name of the folder must have/,
    'new 1 unavailable not loaded',
    /^none {2}unavailable the model has no version/,
    'pinned 1 ready',
    'pinned 2 unavailable not loaded; version 1 serves',
    'pinned 5 unavailable not loaded; version 1 serves',
    /^yaml 1 unavailable metaerr.yaml: task: must be one of/,
  ]);
  await rm(directory, { recursive: true });
  t.strictSame(await index(), ['b 10 ready', 'pinned 1 ready'], 'what is loaded serves on without its folder');
  await t.rejects(repository.load('b'), { code: 'MODEL_NOT_FOUND' });
  t.strictSame(await index(), ['b 10 ready', 'pinned 1 ready']);
});

void t.test('an external model has one version, and needs no folder for it', async (t) => {
  const yaml = (more = '') => `source: external\ntask: custom\noutputs: [{name: y, shape: [-1, 3]}]\n${more}`;
  const { directory, repository, index } = await start(t, { 'e/metaerr.yaml': yaml(), 'f/metaerr.yaml': yaml('version: 7'), 'f/1/model.onnx': SOFTMAX });
  await writeFiles(directory, { 'g/metaerr.yaml': yaml() });
  t.strictSame(await index(), ['e 1 ready', 'f 7 ready', 'g 1 unavailable not loaded']);
  await repository.load('g');
  await repository.unload('e');
  t.strictSame(await index(), ['e 1 unavailable unloaded', 'f 7 ready', 'g 1 ready']);
});

void t.test('a name that is no model is not found, and nothing is left of it', async (t) => {
  const { directory, repository, catalogue, pools, logger } = await start(t);
  const made = pools.open.size;
  for (const name of ['..', '../m', 'm/1', '', 'a b', '.git', 'nothing\0']) {
    await t.rejects(repository.load(name), { code: 'MODEL_NOT_FOUND', field: 'model', message: /the name of the folder/ }, JSON.stringify(name));
    await t.rejects(repository.unload(name), { code: 'MODEL_NOT_FOUND' }, JSON.stringify(name));
  }
  await writeFiles(directory, { file: 'no folder' });
  const names = ['file', ...Array.from({ length: 1_000 }, (_, i) => `unknown-${i}`)];
  const outcomes = await Promise.allSettled(names.map((name) => repository.load(name)));
  t.ok(outcomes.every((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code === 'MODEL_NOT_FOUND'));
  t.strictSame(catalogue.list().map(({ name }) => name), ['m']);
  t.equal(catalogue.byTag(modelTag('unknown-7')), null);
  t.equal(pools.open.size, made);
  t.match(logger.lines.at(-1), { level: 'warn', message: 'model not loaded on request' });
});

void t.test('a model comes in, goes out when its requests are answered, and comes back with its champion', async (t) => {
  const { directory, repository, registry, catalogue, pools, metrics, logger, index } = await start(t, {});
  await writeFiles(directory, { 'm/1/model.onnx': SOFTMAX });
  await repository.load('m');
  const { key, features } = catalogue.loaded('m');
  const { schema, width } = features.layout;
  const training = { rows: 10, failures: 3, from: 0, to: 1, seed: 1 };
  const champion = await registry.add({ key, createdAt: 1, reason: 'test', metrics: null, training, featureSchema: schema, onnx: constantMetaModel(width, 0.25) });
  await registry.promote(key, champion, null, 1);

  const lease = catalogue.lease('m');
  let unloaded = false;
  const unloading = repository.unload('m').then(() => (unloaded = true));
  await new Promise((resolve) => setImmediate(resolve));
  t.match(catalogue.get('m'), { state: 'unloading', version: 1, reason: null, loaded: null });
  t.throws(() => catalogue.lease('m'), { code: 'MODEL_UNLOADED', message: 'model m is unloaded' });
  t.strictSame(await index(), ['m 1 unloading']);
  t.equal(pools.open.size, 1);
  t.notOk(unloaded);
  lease.release();
  await unloading;
  t.equal(pools.open.size, 0, 'its memory is released');
  t.match(catalogue.get('m'), { state: 'unavailable', version: 1, reason: 'unloaded', loaded: null });
  t.throws(() => catalogue.lease('m'), { code: 'MODEL_UNLOADED', message: 'model m is unloaded' });
  t.strictSame(await index(), ['m 1 unavailable unloaded']);
  t.equal(catalogue.byTag(modelTag('m'))?.name, 'm');
  t.strictSame((await metrics.metaModelInfo.get()).values, []);
  await repository.unload('m');
  t.match(catalogue.get('m'), { reason: 'unloaded' });

  await repository.load('m');
  t.match(catalogue.get('m'), { state: 'ready', reason: null, loaded: { meta: { version: champion } } });
  t.strictSame(
    logger.lines.filter(({ message }) => message.includes('on request')).map(({ message }) => message),
    ['model loaded on request', 'model unloaded on request', 'model unloaded on request', 'model loaded on request'],
  );
});

void t.test('unloading what is not loaded is fine', async (t) => {
  const { directory, repository, catalogue } = await start(t, { 'bad/1/model.onnx': 'broken' });
  await repository.unload('bad');
  t.match(catalogue.get('bad'), { state: 'unavailable', reason: /valid ONNX model/ });
  await writeFiles(directory, { 'new/1/model.onnx': SOFTMAX });
  await repository.unload('new');
  t.throws(() => catalogue.get('new'), { code: 'MODEL_NOT_FOUND' });
});

void t.test('a model that was removed keeps its tag, and can be unloaded', async (t) => {
  const { directory, repository, catalogue, index } = await start(t);
  await rm(path.join(directory, 'm'), { recursive: true });
  await repository.unload('m');
  t.match(catalogue.byTag(modelTag('m')), { name: 'm', state: 'unavailable', reason: 'unloaded' });
  t.strictSame(await index(), []);
  await t.rejects(repository.load('m'), { code: 'MODEL_NOT_FOUND' });
});

void t.test('a failed load says why, and the next one gets what is there then', async (t) => {
  const { directory, repository, catalogue, index } = await start(t, { 'm/1/model.onnx': 'broken' });
  await t.rejects(repository.load('m'), { code: 'MODEL_LOAD_FAILED', field: 'model', message: /^model m could not be loaded: .*valid ONNX model/ });
  await writeFiles(directory, { 'm/1/model.onnx': SOFTMAX });
  await repository.load('m');
  await writeFiles(directory, { 'm/2/model.onnx': 'broken' });
  await t.rejects(repository.load('m'), { code: 'MODEL_LOAD_FAILED' });
  t.equal(catalogue.loaded('m').key.version, 1);
  t.match(await index(), ['m 1 ready', /^m 2 unavailable .*valid ONNX model/]);
});

void t.test('callers at once get the outcome of a load that began after their call', async (t) => {
  const { directory, repository, catalogue } = await start(t);
  const before = catalogue.loaded('m');
  const loads = Array.from({ length: 20 }, () => repository.load('m'));
  // The first one reads the folder now; whoever calls from here on must see the new version.
  await writeFiles(directory, { 'm/2/model.onnx': SOFTMAX });
  await Promise.all([...loads, repository.load('m')]);
  t.equal(catalogue.loaded('m').key.version, 2);
  t.not(catalogue.loaded('m'), before);
  await Promise.all([repository.unload('m'), repository.load('m'), repository.unload('m')]);
  t.equal(catalogue.get('m').state, 'unavailable', 'loads and unloads take effect in the order of the calls');
});

void t.test('operations of one model run one after the other; those that wait and are equal are one', async (t) => {
  const operations = new ModelOperations();
  const steps: string[] = [];
  const ends: (() => void)[] = [];
  const perform = (name: string) => async () => {
    steps.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.push(resolve));
    steps.push(`${name} ends`);
    if (name === 'c') throw new Error('c fails');
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = operations.run('m', 'load', perform('a'));
  await turn();
  const second = operations.run('m', 'load', perform('b'));
  const shared = operations.run('m', 'load', perform('not called'));
  const third = operations.run('m', 'unload', perform('c'));
  const fourth = operations.run('m', 'load', perform('d'));
  const other = operations.run('n', 'load', perform('other'));
  t.equal(second, shared);
  for (const next of [first, other, second]) {
    await turn();
    ends.shift()?.();
    await next;
  }
  await turn();
  ends.shift()?.();
  await t.rejects(third, { message: 'c fails' });
  await turn();
  ends.shift()?.();
  await fourth;
  await operations.settled();
  t.strictSame(steps, ['a begins', 'other begins', 'a ends', 'b begins', 'other ends', 'b ends', 'c begins', 'c ends', 'd begins', 'd ends']);
});

void t.test('what is loading is told by version', async (t) => {
  const entry = new ModelEntry('m', 'ABCDEF');
  entry.begin();
  t.strictSame(entry.versionState(1), { state: 'loading', reason: '' });
  entry.found(2);
  t.strictSame([1, 2].map((version) => entry.versionState(version)), [{ state: 'unavailable', reason: 'not loaded' }, { state: 'loading', reason: '' }]);
  entry.fail('broken');
  t.strictSame([1, 2].map((version) => entry.versionState(version)), [{ state: 'unavailable', reason: 'not loaded' }, { state: 'unavailable', reason: 'broken' }]);
});
