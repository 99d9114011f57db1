import t, { type Test } from 'tap';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { runInputs } from '../../src/inference/runner-inputs.js';
import { predictPlan, SCORES } from '../../src/inference/runner-plan.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { startRepository, writeFiles } from '../support/repository-fixture.js';
import { constantMetaModel, scoreModel, someRows } from '../support/repository-models.js';

const SOFTMAX = scoreModel({ last: 'Softmax' });
const TRAINING = { rows: 10, failures: 3, from: 0, to: 1, seed: 1 };

/** One prediction of `rows` rows: the meta-model version that was read for it, and the scores that it gave. */
async function predict(loaded: LoadedModel, rows: number): Promise<{ version: number; scores: number[] }> {
  const { meta } = loaded;
  const { steps, fetch } = predictPlan(loaded, meta);
  const reply = await loaded.pool.run({ steps, fetch, tensors: runInputs(loaded, { x: someRows(rows) }, rows) });
  return { version: meta?.version ?? 0, scores: Array.from((reply.tensors[SCORES]?.data ?? []) as Float32Array) };
}

/** Versions and their failure probabilities correspond, so a score tells which version made it. */
const probabilityOf = (version: number) => version / 64;
const onnxOf = (loaded: LoadedModel, version: number) => constantMetaModel(loaded.features.layout.width, probabilityOf(version));

async function addChampion(registry: MetaModelRegistry, loaded: LoadedModel, probability: number, featureSchema = loaded.features.layout.schema): Promise<number> {
  const { key } = loaded;
  const onnx = constantMetaModel(loaded.features.layout.width, probability);
  const version = await registry.add({ key, createdAt: 1, reason: 'test', metrics: null, training: TRAINING, featureSchema, onnx });
  await registry.promote(key, version, (await registry.champion(key))?.version ?? null, 1);
  return version;
}

async function start(t: Test, files: Record<string, Uint8Array | string> = {}) {
  const started = await startRepository(t, { 'm/1/model.onnx': SOFTMAX, ...files });
  await started.repository.loadAll();
  const gauge = async () => (await started.metrics.metaModelInfo.get()).values.map(({ labels, value }) => [labels.version, labels.meta_version, value]);
  return { ...started, loaded: started.catalogue.loaded('m'), gauge };
}

void t.test('a cold model gets a meta-model and goes back to the cold start', async (t) => {
  const { repository, loaded, gauge } = await start(t);
  t.equal(loaded.meta, null);
  t.strictSame(await gauge(), [['1', '0', 1]]);
  await repository.swapper.swap(loaded.key, 5, onnxOf(loaded, 5));
  t.strictSame(await predict(loaded, 2), { version: 5, scores: [5 / 64, 5 / 64] });
  t.strictSame(await gauge(), [['1', '5', 1]]);
  await repository.swapper.swap(loaded.key, 0, null);
  t.strictSame(await predict(loaded, 2), { version: 0, scores: [] });
  t.strictSame(await gauge(), [['1', '0', 1]]);
});

void t.test('every run under concurrent swaps is scored by exactly the version that it read', async (t) => {
  const { repository, loaded } = await start(t, { 'm/metaerr.yaml': 'instances: 2' });
  await repository.swapper.swap(loaded.key, 1, onnxOf(loaded, 1));
  let swapping = true;
  const seen = new Set<number>();
  const client = async (rows: number) => {
    while (swapping) {
      const { version, scores } = await predict(loaded, rows);
      seen.add(version);
      if (scores.length !== rows || scores.some((score) => score !== probabilityOf(version))) t.fail(`version ${version} answered ${scores.join()}`);
    }
  };
  const clients = [1, 2, 3, 5].map(client);
  // Two swaps are under way at any time: they must not run into each other.
  for (let version = 2; version <= 20; version += 2) {
    await Promise.all([version, version + 1].map((each) => repository.swapper.swap(loaded.key, each, onnxOf(loaded, each))));
  }
  swapping = false;
  await Promise.all(clients);
  t.equal(loaded.meta?.version, 21);
  t.ok(seen.size >= 5, `${seen.size} versions were seen`);
});

void t.test('concurrent swaps end in the order in which they were asked for', async (t) => {
  const { repository, loaded, gauge } = await start(t);
  await Promise.all([7, 3, 9, 4].map((version) => repository.swapper.swap(loaded.key, version, onnxOf(loaded, version))));
  t.equal(loaded.meta?.version, 4);
  t.strictSame(await gauge(), [['1', '4', 1]]);
  // Going back to the cold start loads nothing, so it would overtake the swap before it.
  await Promise.all([repository.swapper.swap(loaded.key, 8, onnxOf(loaded, 8)), repository.swapper.swap(loaded.key, 0, null)]);
  t.equal(loaded.meta, null);
  t.strictSame(await gauge(), [['1', '0', 1]]);
});

void t.test('a meta-model that cannot serve leaves the one before in place', async (t) => {
  const { repository, loaded, logger, gauge } = await start(t);
  await repository.swapper.swap(loaded.key, 1, onnxOf(loaded, 1));
  const { width } = loaded.features.layout;
  const bad: [Uint8Array, RegExp][] = [
    [Buffer.from('no model'), /./],
    [constantMetaModel(width + 1, 0.5), /reads \d+ features, but the model has \d+/],
    [constantMetaModel(width, 1.5), /failure probabilities in \[0, 1\]/],
    [constantMetaModel(width, NaN), /failure probabilities in \[0, 1\]/],
    [SOFTMAX, /must have one input, features/],
  ];
  for (const [onnx, message] of bad) await t.rejects(repository.swapper.swap(loaded.key, 2, onnx), { message });
  t.strictSame(await predict(loaded, 1), { version: 1, scores: [1 / 64] });
  t.strictSame(await gauge(), [['1', '1', 1]]);
  t.equal(logger.lines.filter(({ level, message }) => level === 'error' && message.includes('the one before stays')).length, bad.length);
  await repository.swapper.swap(loaded.key, 3, onnxOf(loaded, 3));
  t.equal((await predict(loaded, 1)).version, 3);
});

void t.test('a meta-model of another base version is ignored', async (t) => {
  const { repository, loaded } = await start(t);
  const onnx = onnxOf(loaded, 2);
  await repository.swapper.swap({ ...loaded.key, digest: 'another' }, 2, onnx);
  await repository.swapper.swap({ ...loaded.key, version: 2 }, 2, onnx);
  await repository.swapper.swap({ ...loaded.key, model: 'unknown' }, 2, onnx);
  t.equal(loaded.meta, null);
});

void t.test('the champion of the registry serves from the first prediction on', async (t) => {
  const first = await start(t);
  const version = await addChampion(first.registry, first.loaded, 0.25);
  await first.repository.load('m');
  const again = first.catalogue.loaded('m');
  t.not(again, first.loaded);
  t.strictSame(await predict(again, 1), { version, scores: [0.25] });
  t.strictSame(await first.gauge(), [['1', String(version), 1]]);
});

void t.test('a champion of another feature schema, or one that cannot be loaded, means a cold start', async (t) => {
  const { repository, registry, loaded, catalogue, logger } = await start(t);
  await addChampion(registry, loaded, 0.25, 'ffffffffffffffff');
  await repository.load('m');
  t.equal(catalogue.loaded('m').meta, null);
  t.match(logger.lines.find(({ level }) => level === 'warn'), { message: 'champion reads other features, the model starts cold' });
  await addChampion(registry, loaded, 7);
  await repository.load('m');
  t.match(catalogue.get('m'), { state: 'ready', loaded: { meta: null } });
  t.match(logger.lines.find(({ level }) => level === 'error'), { message: 'champion could not be loaded, the model starts cold' });
});

void t.test('a promotion during a load is not lost', async (t) => {
  const { repository, registry, loaded, catalogue } = await start(t);
  const old = await addChampion(registry, loaded, 0.25);
  const newer = await addChampion(registry, loaded, 0.5);
  let promoted: Promise<void> | null = null;
  const slow: MetaModelRegistry = {
    ...registry,
    // The champion is read just before the promotion: the load holds the old one when the swap comes.
    champion: async (key) => {
      const before = await registry.get(key.model, old);
      promoted ??= repository2.swapper.swap(key, newer, await registry.bytes(key.model, newer));
      return before;
    },
  };
  const second = await startRepository(t, { 'm/1/model.onnx': SOFTMAX }, { registry: slow });
  const repository2 = second.repository;
  await repository2.loadAll();
  await Promise.resolve(promoted);
  t.equal(second.catalogue.loaded('m').meta?.version, newer);
  t.equal(catalogue.loaded('m').meta, null);
  await repository.close();
});

void t.test('a new version takes over without a pause', async (t) => {
  const { directory, repository, catalogue, gauge } = await start(t);
  await writeFiles(directory, { 'm/2/model.onnx': scoreModel({ last: 'Softmax', columns: 5 }) });
  const reloading = repository.load('m');
  t.match(catalogue.get('m'), { state: 'ready', version: 1 });
  await reloading;
  t.match(catalogue.get('m'), { state: 'ready', version: 2 });
  t.equal(catalogue.loaded('m').config.labels?.length, 5);
  t.throws(() => catalogue.loaded('m', 1), { code: 'VERSION_NOT_FOUND' });
  t.strictSame(await gauge(), [['2', '0', 1]]);
  t.equal((await predict(catalogue.loaded('m'), 1)).version, 0);
});

void t.test('a new version that is broken leaves the old one serving, with the reason', async (t) => {
  const { directory, repository, catalogue, loaded } = await start(t);
  await writeFiles(directory, { 'm/2/model.onnx': 'broken' });
  await t.rejects(repository.load('m'), { code: 'MODEL_LOAD_FAILED', message: /model m could not be loaded: .*valid ONNX model/ });
  t.match(catalogue.get('m'), { state: 'ready', version: 1, reason: /valid ONNX model/ });
  t.equal(catalogue.loaded('m'), loaded);
  t.equal((await predict(loaded, 1)).version, 0);
});

void t.test('a swap that is under way when its version is retired leaves no trace', async (t) => {
  const { repository, loaded, gauge, logger, catalogue } = await start(t);
  // The second waits for the first, and finds the pool closed.
  const swaps = [5, 6].map((version) => repository.swapper.swap(loaded.key, version, onnxOf(loaded, version)));
  await repository.unload('m');
  await Promise.all(swaps);
  t.strictSame(await gauge(), []);
  await repository.swapper.swap(loaded.key, 7, onnxOf(loaded, 7));
  await repository.load('m');
  t.strictSame(await gauge(), [['1', '0', 1]]);
  t.equal(catalogue.loaded('m').meta, null);
  t.strictSame(logger.lines.filter(({ level }) => level === 'error'), []);
});

void t.test('a version that is retired but still held takes a swap, and does not show it', async (t) => {
  const { repository, catalogue, loaded, gauge } = await start(t);
  const lease = catalogue.lease('m');
  const swap = repository.swapper.swap(loaded.key, 5, onnxOf(loaded, 5));
  const unloading = repository.unload('m');
  await swap;
  t.strictSame(await predict(lease.model, 1), { version: 5, scores: [5 / 64] });
  t.strictSame(await gauge(), []);
  lease.release();
  await unloading;
});

void t.test('closing waits for a load in progress, which then serves nobody', async (t) => {
  const { repository, catalogue, pools } = await startRepository(t, { 'm/1/model.onnx': SOFTMAX });
  const loading = t.rejects(repository.load('m'), { code: 'SHUTTING_DOWN' });
  await pools.made;
  const closing = repository.close();
  t.equal(repository.close(), closing);
  await closing;
  t.equal(pools.open.size, 0);
  await loading;
  t.match(catalogue.get('m'), { state: 'loading', loaded: null });
  await t.rejects(repository.load('m'), { code: 'SHUTTING_DOWN' });
  await t.rejects(repository.unload('m'), { code: 'SHUTTING_DOWN' });
  t.equal(catalogue.get('m').loaded, null);
});

void t.test('closing ends the pools of models that serve', async (t) => {
  const { repository, loaded } = await start(t);
  const running = predict(loaded, 2);
  await repository.close();
  t.equal((await running).version, 0);
  await t.rejects(predict(loaded, 1), /closed/);
});
