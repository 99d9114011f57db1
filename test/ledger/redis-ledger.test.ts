import t from 'tap';
import { createLogger } from '../../src/core/logger.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { ledgerContract } from '../contract/ledger-contract.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t);
let ledgers = 0;

await ledgerContract(t, async (t) => {
  const prefix = `metaerr${(ledgers += 1)}`;
  const open = async () => {
    const client = new RedisClient({ url: server.url, prefix, name: 'test', timeoutMilliseconds: 10_000, logger: createLogger('silent') });
    t.teardown(() => client.close());
    await client.whenConnected(10_000);
    return client;
  };
  let client = await open();
  return {
    ledger: createRedisLedger(client),
    async reopen() {
      await client.close();
      client = await open();
      return createRedisLedger(client);
    },
  };
});
