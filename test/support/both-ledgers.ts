import type { Test } from 'tap';
import type { Ledger } from '../../src/ledger/ledger.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { temporaryDatabase } from './jobs-database.js';
import { connectedClient } from './redis-clients.js';
import { startRedis } from './redis-server.js';

export type OpenLedger = (t: Test) => Promise<Ledger>;

/** Runs tests of what reads a ledger on both adapters, each call of `open` with an empty ledger. */
export async function onBothLedgers(t: Test, tests: (t: Test, open: OpenLedger) => Promise<void>): Promise<void> {
  await t.test('SQLite', (t) =>
    tests(t, async (t) => {
      const { db, dispose } = temporaryDatabase();
      t.teardown(dispose);
      return createDirectLedger(db);
    }),
  );
  await t.test('Redis', async (t) => {
    const server = await startRedis(t);
    let opened = 0;
    await tests(t, async (t) => createRedisLedger(await connectedClient(t, server.url, `metaerr${(opened += 1)}`)));
  });
}
