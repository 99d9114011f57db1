import fc from 'fast-check';
import type { Test } from 'tap';
import type { ModelKey } from '../../src/ledger/ledger.js';
import type { MetaModelRegistry, NewMetaModel } from '../../src/meta/registry.js';
import { within } from '../support/within.js';

/** A registry on a store of its own, and ways to come to that store again. */
export interface RegistryUnderTest {
  readonly registry: MetaModelRegistry;
  /** A registry on the same store as another process has it; where only one process can have the store, the registry itself. */
  readonly second: MetaModelRegistry;
  /** Cuts the way between the registries and their store for a moment; null where nothing lies between. */
  readonly interrupt: (() => Promise<void>) | null;
  /** Closes the store and opens it again. */
  reopen(): Promise<MetaModelRegistry>;
}

/** A promotion is to be heard of within this time. */
const HEARD_MILLISECONDS = 1_000;
const BACK_MILLISECONDS = 5_000;

/** Opens an empty registry that hears of promotions already; everything it takes is given back in a teardown of the test. */
export type RegistryFactory = (t: Test) => Promise<RegistryUnderTest>;

const KEY: ModelKey = { model: 'm', version: 1, digest: 'a' };

/** A meta-model of key `m`, 1, `a` whose every field has some value. */
export function newModel(overrides: Partial<NewMetaModel> = {}): NewMetaModel {
  return {
    key: KEY,
    createdAt: 1_000.5,
    reason: 'log loss 0.31 against 0.35',
    metrics: {
      rows: 10, failures: 2, auroc: 0.75, aurc: 0.1, eaurc: 0.05, brier: 0.2, log_loss: 0.31, ece: null,
      bins: [{ count: 10, mean_failure_probability: 0.2, failure_rate: 0.2 }], risk_coverage: [{ coverage: 1, risk: 0.2 }],
    },
    training: {
      rows: 100, failures: 20, from: 1, to: 99, seed: 7,
      calibration: { rows: 100, failures: 20, thresholds: [0.1, 1 / 3], accepted: [50, 100], failed: [2, 20] },
    },
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

  await t.test('law 5: every registry on the store hears of it, once, whoever promoted', async (t) => {
    const { registry, second } = await factory(t);
    const registries = [...new Set([registry, second])];
    const heard = registries.map(() => [] as number[]);
    registries.forEach((each, i) => each.onPromotion((key, version) => {
      t.same(key, KEY);
      heard[i]?.push(version);
    }));
    const versions: number[] = [];
    for (let i = 0; i < 10; i++) {
      const version = await second.add(newModel());
      versions.push(version);
      await (i % 2 === 0 ? registry : second).promote(KEY, version, versions.at(-2) ?? null, 5);
    }
    await within(HEARD_MILLISECONDS, () => heard.every((all) => all.length >= versions.length));
    // What a registry promoted itself may overtake what it is told of.
    t.same(heard.map((all) => all.toSorted((a, b) => a - b)), registries.map(() => versions));
  });

  await t.test('law 3: of two registries that promote at the same time one wins, and everybody hears of the winner only', async (t) => {
    const { registry, second } = await factory(t);
    const heard: number[] = [];
    registry.onPromotion((_key, version) => heard.push(version));
    const winners: number[] = [];
    for (let i = 0; i < 10; i++) {
      const expected = winners.at(-1) ?? null;
      const versions = await Promise.all([registry.add(newModel()), second.add(newModel())]);
      const [first, other] = await Promise.all([registry.promote(KEY, versions[0], expected, i), second.promote(KEY, versions[1], expected, i)]);
      t.equal(Number(first) + Number(other), 1, 'one of the two');
      winners.push(first ? versions[0] : versions[1]);
      t.match(await second.champion(KEY), { version: winners.at(-1), promotedAt: i });
    }
    const states = (await registry.list('m')).map(({ state, promotedAt }) => [state, promotedAt !== null] as const);
    t.equal(states.filter(([state]) => state === 'champion').length, 1);
    t.equal(states.filter(([state]) => state === 'retired').length, 9);
    t.ok(states.every(([state, promoted]) => promoted === (state !== 'candidate')));
    t.same(heard.filter((version) => !winners.includes(version)), []);
  });

  await t.test('law 6: after an interruption the listeners are called, and hear of promotions again', async (t) => {
    const { registry, second, interrupt } = await factory(t);
    let interruptions = 0;
    const heard: number[] = [];
    registry.onPromotion((_key, version) => heard.push(version));
    registry.onInterruption(() => (interruptions += 1));
    await registry.add(newModel());
    if (interrupt === null) {
      await registry.promote(KEY, 1, null, 5);
      t.equal(interruptions, 0, 'nothing lies between');
      return;
    }
    await interrupt();
    await within(BACK_MILLISECONDS, () => interruptions > 0);
    await second.promote(KEY, 1, null, 5);
    await within(HEARD_MILLISECONDS, () => heard.length > 0);
    t.same(heard, [1]);
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

  await t.test('law 7: forget leaves nothing of a key, nor touches another', async (t) => {
    const { registry, reopen } = await factory(t);
    const others = [{ ...KEY, digest: 'b' }, { ...KEY, version: 2 }, { ...KEY, model: 'other' }];
    for (const key of [KEY, KEY, ...others]) await registry.promote(key, await registry.add(newModel({ key })), (await registry.champion(key))?.version ?? null, 5);
    const heard: number[] = [];
    registry.onPromotion((_key, version) => heard.push(version));
    t.equal(await registry.forget(KEY), 2);
    t.equal(await registry.champion(KEY), null);
    t.same(await Promise.all([1, 2].flatMap((version) => [registry.get('m', version), registry.bytes('m', version)])), [null, null, null, null]);
    t.same(await Promise.all(others.map(async (key) => (await registry.champion(key))?.version)), [3, 4, 1]);
    t.not(await registry.bytes('m', 3), null);
    t.equal(await registry.forget(KEY), 0);
    t.same(heard, []);
    const again = await reopen();
    t.equal(await again.add(newModel()), 5, 'law 1');
    t.ok(await again.promote(KEY, 5, null, 6), 'it begins anew');
  });
}
