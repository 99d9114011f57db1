import t from 'tap';
import { createRedisTrainingMarks } from '../../src/jobs/redis/training-marks.js';
import { createTrainingMarkTable } from '../../src/jobs/sqlite/training-mark-table.js';
import { inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { trainingMarksContract } from '../contract/training-marks-contract.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedis } from '../support/redis-server.js';

let prefixes = 0;
const newPrefix = () => `metaerr-${(prefixes += 1)}`;

await t.test('SQLite', async (t) => {
  await trainingMarksContract(t, async (t) => {
    const { db, dispose } = temporaryDatabase();
    t.teardown(dispose);
    const open = () => inThisThread(createTrainingMarkTable(db));
    return { marks: open(), again: async () => open() };
  });
});

await t.test('Redis', async (t) => {
  const server = await startRedis(t);
  await trainingMarksContract(t, async (t) => {
    const prefix = newPrefix();
    const open = async () => createRedisTrainingMarks(await connectedClient(t, server.url, prefix));
    return { marks: await open(), again: open };
  });
  const { client } = newClient(t, server.url);
  const marks = createRedisTrainingMarks(client);
  await client.whenConnected(10_000);
  await server.kill();
  const key = { model: 'm', version: 1, digest: 'a' };
  await t.rejects(marks.trainingMark(key), { code: 'STORE_UNAVAILABLE' });
  await t.rejects(marks.setTrainingMark(key, { labelSequence: 1, rows: 1 }), { code: 'STORE_UNAVAILABLE' });
});

await t.test('Redis Cluster', async (t) => {
  const cluster = await startRedisCluster(t);
  await trainingMarksContract(t, async (t) => {
    const prefix = newPrefix();
    const open = async () => createRedisTrainingMarks(await connectedClient(t, cluster.url, prefix));
    return { marks: await open(), again: open };
  });
});
