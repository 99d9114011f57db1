import t from 'tap';
import { measureDrift } from '../../src/jobs/drift/measure-drift.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';

const MADE = 1_700_000_000_000;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const AT_ONCE = 200;

/** Labelled rows of one meta-model version, each a reply of its own; the ground truth of every second one says failure. */
async function answer(ledger: Ledger, key: ReturnType<typeof freshKey>, rows: number, metaVersion: number, createdAt: number): Promise<void> {
  for (let from = 0; from < rows; from += AT_ONCE) {
    const replies = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, i) => ({ id: newId(key.model, createdAt), createdAt: createdAt + from + i, metaVersion, failureProbability: 0.5 }));
    await ledger.append(batchOf({ key, replies }));
    await ledger.record(replies.map(({ id }, i) => labelItem(id, i % 2 === 0 ? '9' : '8')));
  }
}

t.test('what it costs does not depend on the labelled rows of before the meta-model; rows of hosts whose clocks are behind count', async (t) => {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const registry = createDirectMetaRegistry(db);
  const server = await startRedis(t);
  const client = await connectedClient(t, server.url, 'metaerr');
  const ledger = createRedisLedger(client);
  const key = freshKey();
  const version = await registry.add(newModel({ key, createdAt: MADE }));
  const measure = () => measureDrift({ ledger, registry }, { key, meta: { version, labelFree: false, session: 'm' } }, null);
  const scripts = async () => {
    const found = [...String(await client.commands.call('INFO', 'commandstats')).matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
    return found.reduce((sum, [, calls]) => sum + Number(calls), 0);
  };
  const cost = async () => {
    const before = await scripts();
    t.match(await measure(), { rows: 30, observed: 15, expected: 15 });
    return (await scripts()) - before;
  };

  await answer(ledger, key, 20, version, MADE + 1);
  await answer(ledger, key, 10, version, MADE - HOUR);
  const few = await cost();
  await answer(ledger, key, 1_200, version + 1, MADE - 2 * DAY);
  t.equal(await cost(), few);
});
