import fc from 'fast-check';
import type { Test } from 'tap';
import type { ModelKey } from '../../src/ledger/ledger.js';
import type { MetaModelRegistry, NewMetaModel } from '../../src/meta/registry.js';

/** A registry on a store of its own, and a way to open that store again after closing it. */
export interface RegistryUnderTest {
  readonly registry: MetaModelRegistry;
  reopen(): Promise<MetaModelRegistry>;
}

/** Opens an empty registry; everything it takes is given back in a teardown of the test. */
export type RegistryFactory = (t: Test) => Promise<RegistryUnderTest>;

const KEY: ModelKey = { model: 'm', version: 1, digest: 'a' };

function newModel(overrides: Partial<NewMetaModel> = {}): NewMetaModel {
  return {
    key: KEY,
    createdAt: 1_000.5,
    reason: 'log loss 0.31 against 0.35',
    metrics: {
      rows: 10, failures: 2, auroc: 0.75, aurc: 0.1, eaurc: 0.05, brier: 0.2, log_loss: 0.31, ece: null,
      bins: [{ count: 10, mean_failure_probability: 0.2, failure_rate: 0.2 }], risk_coverage: [{ coverage: 1, risk: 0.2 }],
    },
    training: { rows: 100, failures: 20, from: 1, to: 99, seed: 7 },
    featureSchema: 'schema',
    onnx: Uint8Array.of(1, 2, 3),
    ...overrides,
  };
}

/** The laws of the `MetaModelRegistry` port, with their numbers, on one adapter. */
export async function metaRegistryContract(t: Test, factory: RegistryFactory): Promise<void> {
  await t.test('law 1: versions count up from 1 per model name and are never used again', async (t) => {
    const { registry, reopen } = await factory(t);
    t.equal(await registry.add(newModel()), 1);
    t.equal(await registry.add(newModel({ key: { ...KEY, version: 2 } })), 2, 'over all base versions of the name');
    t.equal(await registry.add(newModel({ key: { ...KEY, model: 'other' } })), 1);
    t.equal(await registry.prune({ ...KEY, version: 2 }, 0), 1);
    t.equal(await (await reopen()).add(newModel()), 3);
    const many = await factory(t);
    const versions = await Promise.all(Array.from({ length: 20 }, () => many.registry.add(newModel())));
    t.same(versions.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1));
  });

  await t.test('law 2: a new one is a candidate; who was champion becomes retired', async (t) => {
    const { registry } = await factory(t);
    const { onnx: _, ...given } = newModel();
    t.equal(await registry.champion(KEY), null);
    await registry.add(newModel());
    await registry.add(newModel({ metrics: null }));
    t.same(await registry.get('m', 1), { ...given, version: 1, state: 'candidate', promotedAt: null });
    t.ok(await registry.promote(KEY, 1, null, 5));
    t.ok(await registry.promote(KEY, 2, 1, 6));
    t.same((await registry.list('m')).map((r) => [r.version, r.state, r.promotedAt]), [[2, 'champion', 6], [1, 'retired', 5]]);
    t.ok(await registry.promote(KEY, 1, 2, 7), 'also back again');
    t.match(await registry.champion(KEY), { version: 1, state: 'champion', promotedAt: 7 });
    t.match(await registry.get('m', 2), { state: 'retired', promotedAt: 6, metrics: null });
    t.ok(await registry.promote(KEY, 1, 1, 8), 'the champion itself');
    t.match(await registry.champion(KEY), { version: 1, promotedAt: 8 });
  });

  await t.test('law 2: each key has a champion of its own', async (t) => {
    const { registry } = await factory(t);
    const keys = [KEY, { ...KEY, version: 2 }, { ...KEY, digest: 'b' }, { ...KEY, model: 'other' }];
    for (const key of keys) await registry.promote(key, await registry.add(newModel({ key })), null, 1);
    t.same(await Promise.all(keys.map(async (key) => (await registry.champion(key))?.version)), [1, 2, 3, 1]);
    t.same((await registry.list('m')).map((r) => r.version), [3, 2, 1]);
    t.same((await registry.list('m')).map((r) => r.key), [keys[2], keys[1], keys[0]]);
    t.same(await registry.list('unknown'), []);
    t.equal(await registry.get('m', 9), null);
  });

  await t.test('law 3: promote takes place only when the champion is the one expected', async (t) => {
    const { registry } = await factory(t);
    for (let i = 0; i < 3; i++) await registry.add(newModel());
    t.notOk(await registry.promote(KEY, 1, 2, 5));
    t.equal(await registry.champion(KEY), null);
    t.ok(await registry.promote(KEY, 1, null, 5));
    t.notOk(await registry.promote(KEY, 2, null, 6));
    t.match(await registry.champion(KEY), { version: 1, promotedAt: 5 });
    const race = await Promise.all([registry.promote(KEY, 2, 1, 7), registry.promote(KEY, 3, 1, 7)]);
    t.same(race.toSorted(), [false, true], 'of two at the same time one wins');
  });

  await t.test('law 3: a version that the key does not have is refused and nothing changes', async (t) => {
    const { registry } = await factory(t);
    await registry.add(newModel());
    await registry.add(newModel({ key: { ...KEY, version: 2 } }));
    await registry.promote(KEY, 1, null, 5);
    await t.rejects(registry.promote(KEY, 2, 1, 6), { code: 'META_MODEL_NOT_FOUND', message: /meta-model 2/ });
    await t.rejects(registry.promote(KEY, 3, 1, 6), { code: 'META_MODEL_NOT_FOUND' });
    t.match(await registry.champion(KEY), { version: 1, promotedAt: 5 });
  });

  await t.test('law 4: bytes come back exactly, after a restart too', async (t) => {
    const { registry, reopen } = await factory(t);
    const samples = [...fc.sample(fc.uint8Array({ maxLength: 300 }), 5), new Uint8Array(0), new Uint8Array(3_000_000).map((_, i) => i % 251)];
    const inside = new Uint8Array(samples[6]?.buffer ?? new ArrayBuffer(0), 1_000, 77);
    for (const onnx of [...samples, inside]) await registry.add(newModel({ onnx }));
    const again = await reopen();
    for (const [i, onnx] of [...samples, inside].entries()) {
      const bytes = await again.bytes('m', i + 1);
      t.ok(bytes !== null && Buffer.compare(bytes, onnx) === 0, `${onnx.length} bytes`);
    }
    t.equal(await again.bytes('m', 99), null);
  });

  await t.test('law 5: listeners hear of every successful promotion when it is durable, and of nothing else', async (t) => {
    const { registry } = await factory(t);
    const heard: unknown[] = [];
    registry.onPromotion((key, version) => heard.push(['first', key, version]));
    registry.onPromotion((key) => void registry.champion(key).then((champion) => heard.push(champion?.version)));
    await registry.add(newModel());
    await registry.promote(KEY, 1, 4, 5);
    await registry.promote(KEY, 9, null, 5).catch(() => undefined);
    t.same(heard, []);
    await registry.promote(KEY, 1, null, 5);
    await registry.champion(KEY);
    t.same(heard, [['first', KEY, 1], 1]);
  });

  await t.test('prune keeps the champion and the newest of the key, with their bytes', async (t) => {
    const { registry } = await factory(t);
    for (let i = 0; i < 5; i++) await registry.add(newModel());
    await registry.add(newModel({ key: { ...KEY, digest: 'b' } }));
    await registry.promote(KEY, 2, null, 5);
    t.equal(await registry.prune(KEY, 2), 2);
    t.same((await registry.list('m')).map((r) => r.version), [6, 5, 4, 2]);
    t.equal(await registry.bytes('m', 1), null);
    t.not(await registry.bytes('m', 2), null);
    t.equal(await registry.prune(KEY, 2), 0);
  });
}
