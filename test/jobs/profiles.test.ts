import t from 'tap';
import { createCatalogueProfiles } from '../../src/jobs/catalogue-profiles.js';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { createRedisModelProfiles } from '../../src/jobs/redis/model-profiles.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { modelProfilesContract } from '../contract/model-profiles-contract.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';

let prefixes = 0;

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
