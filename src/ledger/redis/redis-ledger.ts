import type { Ledger } from '../ledger.js';
import { createAppend } from './append.js';
import type { RedisClient } from './client.js';
import { createExpirePending } from './pending.js';
import { createRedisReader } from './reader.js';
import { createRecord } from './record.js';

/** The ledger in Redis. The connections belong to the client: closing the ledger leaves them open. */
export function createRedisLedger(client: RedisClient): Ledger {
  return {
    ...createRedisReader(client),
    append: createAppend(client),
    record: createRecord(client),
    expirePending: createExpirePending(client),
    close: () => Promise.resolve(),
  };
}
