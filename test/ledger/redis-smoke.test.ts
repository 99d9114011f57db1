import t from 'tap';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { startRedis } from '../support/redis-server.js';
import { createLogger } from '../../src/core/logger.js';

t.test('a script runs', async (t) => {
  const server = await startRedis(t);
  const client = new RedisClient({ url: server.url, prefix: 'metaerr', name: 'test', timeoutMilliseconds: 1000, logger: createLogger('silent') });
  t.teardown(() => client.close());
  t.equal(await client.whenConnected(5000), true);
  const script = client.script('return {KEYS[1], ARGV[1]}');
  t.same(await script(['a'], ['b']), [Buffer.from('a'), Buffer.from('b')]);
  t.same(await script(['a'], ['b']), [Buffer.from('a'), Buffer.from('b')]);
  await server.kill();
  await t.rejects(client.attempt('LEDGER_UNAVAILABLE', () => script(['a'], ['b'])), { code: 'LEDGER_UNAVAILABLE' });
});
