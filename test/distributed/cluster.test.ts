import t from 'tap';
import type { Test } from 'tap';
import { createRedisModelProfiles } from '../../src/jobs/redis/model-profiles.js';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { jobQueueContract } from '../contract/job-queue-contract.js';
import { ledgerContract } from '../contract/ledger-contract.js';
import { modelProfilesContract } from '../contract/model-profiles-contract.js';
import { clusterJobsHarness } from '../support/distributed-jobs.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';

/** The registry and the training marks run on a cluster in test/meta/registry-redis.test.ts and test/jobs/marks.test.ts. */
const cluster = await startRedisCluster(t);
let prefixes = 0;
const open = (t: Test, prefix: string) => connectedClient(t, cluster.url, prefix);

await t.test('keys of a model lie on one node, those of many models on all', async (t) => {
  const client = await open(t, 'spread');
  const script = client.script('redis.call("SET", KEYS[1], ARGV[1]); return redis.call("INCR", KEYS[2])');
  const tags = Array.from({ length: 30 }, (_, index) => `tag${String(index).padStart(3, '0')}`);
  const replies = await Promise.all(tags.map((tag) => script([`${client.keyBase(tag)}a`, `${client.keyBase(tag)}b`], [tag])));
  t.same(replies, tags.map(() => 1));
  t.equal(await cluster.size(), 60);
  t.equal(new Set(await Promise.all(tags.map((tag) => cluster.nodeOf(client.keyBase(tag))))).size, 3);
});

await t.test('Ledger', (t) =>
  ledgerContract(t, async (t) => {
    const prefix = `ledger${(prefixes += 1)}`;
    let client = await open(t, prefix);
    return {
      ledger: createRedisLedger(client),
      async reopen() {
        await client.close();
        client = await open(t, prefix);
        return createRedisLedger(client);
      },
    };
  }),
);

await t.test('ModelProfiles', (t) =>
  modelProfilesContract(t, async (t) => {
    const prefix = `profiles${(prefixes += 1)}`;
    const profiles = createRedisModelProfiles(await open(t, prefix));
    const second = createRedisModelProfiles(await open(t, prefix));
    return { profiles, second, everyVersion: true, publish: (model) => profiles.publish(profileOf(model)) };
  }),
);

await t.test('JobQueue', (t) => jobQueueContract(t, () => clusterJobsHarness(cluster), { histories: 3 }));
