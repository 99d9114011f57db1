import t from 'tap';
import { createCatalogueProfiles } from '../../src/jobs/catalogue-profiles.js';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { newestProfiles } from '../../src/jobs/newest-profiles.js';
import { createRedisModelProfiles } from '../../src/jobs/redis/model-profiles.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { modelProfilesContract } from '../contract/model-profiles-contract.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';

let prefixes = 0;

await t.test('of each model the newest version that is served counts', (t) => {
  const MINUTE = 60_000;
  const at = (model: string, version: number, minutes: number) => ({ ...profileOf(loadedModel({ key: { model, version } })), publishedAt: minutes * MINUTE });
  const newest = (...profiles: ReturnType<typeof at>[]) => newestProfiles(profiles).map(({ key }) => `${key.model}/${key.version}`);
  t.same(newest(), []);
  t.same(newest(at('a', 1, 100), at('a', 3, 99), at('a', 2, 100), at('b', 1, 0)), ['a/3', 'b/1'], 'servers with different versions');
  t.same(newest(at('a', 3, 94), at('a', 2, 100)), ['a/2'], 'version 3 was taken back');
  t.same(newest(at('a', 1, 10), at('a', 2, 30), at('b', 1, 100)), ['a/2', 'b/1'], 'one that is served no more keeps what was served last');
  t.end();
});

await t.test('the catalogue', async (t) => {
  await modelProfilesContract(t, async () => {
    // One version of a name is loaded at a time.
    const models = new Map<string, LoadedModel>();
    const profiles = createCatalogueProfiles({ list: () => catalogueOf([...models.values()], ['broken']).list() });
    return { profiles, second: profiles, everyVersion: false, publish: async (model) => void models.set(model.key.model, model) };
  });
});

await t.test('Redis', async (t) => {
  const server = await startRedis(t);
  await modelProfilesContract(t, async (t) => {
    const prefix = `metaerr-${(prefixes += 1)}`;
    const [profiles, second] = [await connectedClient(t, server.url, prefix), await connectedClient(t, server.url, prefix)].map(createRedisModelProfiles);
    if (profiles === undefined || second === undefined) throw new Error('no profiles');
    return { profiles, second, everyVersion: true, publish: (model) => profiles.publish(profileOf(model)) };
  });
  const { client } = newClient(t, server.url);
  const profiles = createRedisModelProfiles(client);
  await client.whenConnected(10_000);
  await server.kill();
  await t.rejects(profiles.list(), { code: 'STORE_UNAVAILABLE' });
  await t.rejects(profiles.get('m', 1), { code: 'STORE_UNAVAILABLE' });
  await t.rejects(profiles.publish(profileOf(loadedModel())), { code: 'STORE_UNAVAILABLE' });
});
