import type { Test } from 'tap';
import type { ModelProfile, ModelProfiles } from '../../src/jobs/model-profiles.js';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { loadedModel } from '../support/jobs-model.js';

/** Profiles of a store of its own. */
export interface ProfilesUnderTest {
  readonly profiles: ModelProfiles;
  /** The same as another process has it. */
  readonly second: ModelProfiles;
  /** Makes a model known in the way of the adapter. */
  publish(model: ReturnType<typeof loadedModel>): Promise<void>;
  /** Whether other versions of a model stay known. */
  readonly everyVersion: boolean;
}

/** Opens an empty store; everything it takes is given back in a teardown of the test. */
export type ProfilesFactory = (t: Test) => Promise<ProfilesUnderTest>;

/** The laws of the `ModelProfiles` port, with their numbers, on one adapter. */
export async function modelProfilesContract(t: Test, factory: ProfilesFactory): Promise<void> {
  await t.test('law 2: get gives the profile as published, or null', async (t) => {
    const { profiles, second, publish } = await factory(t);
    t.equal(await profiles.get('m', 1), null);
    const model = loadedModel({ key: { digest: 'é"{}' }, retraining: { growth: 0.1 + 0.2 } });
    await publish(model);
    const expected: ModelProfile = {
      key: { model: 'm', version: 1, digest: 'é"{}' },
      tag: model.tag,
      layout: { schema: 'schema-1', inputWidth: 6, width: 9, behaviour: model.features.layout.behaviour },
      labels: ['a', 'b', 'c'],
      retraining: model.config.retraining,
      retention: model.config.retention,
    };
    t.same(await profiles.get('m', 1), expected);
    t.same(await second.get('m', 1), expected);
    t.equal(await profiles.get('m', 2), null);
    t.equal(await profiles.get('n', 1), null);
    t.equal(await profiles.get('constructor', 1), null);
  });

  await t.test('law 1: publish of a model and version replaces what was there', async (t) => {
    const { profiles, publish } = await factory(t);
    await publish(loadedModel());
    await publish(loadedModel({ key: { digest: 'other' }, retention: { days: 2 } }));
    t.match(await profiles.get('m', 1), { key: { digest: 'other' }, retention: { days: 2 } });
    t.equal((await profiles.list()).length, 1);
  });

  await t.test('law 3: list gives every profile in order of model name and version', async (t) => {
    const { profiles, second, publish, everyVersion } = await factory(t);
    t.same(await profiles.list(), []);
    const models = everyVersion ? ['b:2', 'B:1', 'a:1', 'b:10', 'b 1:1', 'b:1'] : ['b:2', 'B:1', 'a:1', 'b 1:1'];
    const keys = models.map((text) => text.split(':')).map(([model = '', version]) => ({ model, version: Number(version) }));
    for (const key of keys) await publish(loadedModel({ key }));
    const inOrder = everyVersion ? ['B:1', 'a:1', 'b:1', 'b:2', 'b:10', 'b 1:1'] : ['B:1', 'a:1', 'b:2', 'b 1:1'];
    t.same((await second.list()).map(({ key }) => `${key.model}:${key.version}`), inOrder);
    const [first] = await profiles.list();
    t.same(first, { ...profileOf(loadedModel({ key: { model: 'B' } })), publishedAt: first?.publishedAt });
  });

  await t.test('publishing what is known already changes nothing but the time', async (t) => {
    const { profiles, publish } = await factory(t);
    await publish(loadedModel());
    const before = await profiles.get('m', 1);
    await publish(loadedModel());
    t.same(await profiles.get('m', 1), before);
  });

  await t.test('law 4: list tells when each was published last', async (t) => {
    const { profiles, second, publish, everyVersion } = await factory(t);
    await publish(loadedModel({ key: { model: 'a' } }));
    await publish(loadedModel({ key: { model: 'b' } }));
    const times = async () => (await second.list()).map(({ publishedAt }) => publishedAt);
    // Where one process has all, everything is published at any time.
    if (!everyVersion) return t.same(await times(), [0, 0]);
    const [a = 0, b = 0] = await times();
    t.ok(Number.isSafeInteger(a) && a <= b, `${a} ${b}`);
    for (;;) {
      await publish(loadedModel({ key: { model: 'a' } }));
      const [again = 0] = await times();
      if (again > b) break;
    }
    t.equal((await times())[1], b, 'of what is published only');
    t.notOk('publishedAt' in ((await profiles.get('a', 1)) ?? {}));
  });
}
