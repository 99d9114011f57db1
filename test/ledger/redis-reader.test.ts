import t from 'tap';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { createRedisReader } from '../../src/ledger/redis/reader.js';
import { ledgerCountingLaws } from '../contract/ledger-contract-counting.js';
import { ledgerReadingLaws } from '../contract/ledger-contract-reading.js';
import { ledgerScanLaws } from '../contract/ledger-contract-scan.js';
import type { LedgerFactory } from '../contract/ledger-contract.js';
import { clientOf, FEW } from '../support/redis-ledger-reading.js';
import { startRedis } from '../support/redis-server.js';

/** Pages so small that every law is tried across their bounds too; test/ledger/redis-ledger.test.ts has the sizes of production. */
const server = await startRedis(t, { arguments: ['--appendfsync', 'no'] });
const factory: LedgerFactory = async (t) => {
  const client = await clientOf(t, server);
  const ledger = { ...createRedisLedger(client), ...createRedisReader(client, { ...FEW, select: 20, read: 7, readBytes: 1_000, prune: 50, keep: 40 }) };
  return { ledger, reopen: async () => ledger };
};
await ledgerReadingLaws(t, factory);
await ledgerCountingLaws(t, factory);
await ledgerScanLaws(t, factory);
