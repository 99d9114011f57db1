import { readFileSync } from 'node:fs';
import t from 'tap';
import { createLogger } from '../../src/core/logger.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { learningModel } from '../support/distributed-learning.js';
import { learningRound, ROUND_MODEL } from '../support/distributed-learning-round.js';
import { startDistributed } from '../support/distributed.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { LIMITED_RIGHTS, startSecureRedis } from '../support/redis-tls.js';

const MODEL = 'm';
const SYSTEM = { models: { [MODEL]: learningModel(ROUND_MODEL) }, servers: 2, workers: 1, env: { METAERR_HOUSEKEEPING_SECONDS: '1' } };

function clientOf(t: { teardown(close: () => Promise<void>): void }, url: string): RedisClient {
  const client = new RedisClient({ url, prefix: 'metaerr', name: 'test', timeoutMilliseconds: 2000, logger: createLogger('silent') });
  t.teardown(() => client.close());
  return client;
}

t.test('TLS with certificates on both sides, and a user with limited rights', async (t) => {
  const { url, urlWithoutCertificate, urlWithWrongPassword } = await startSecureRedis(t);

  await t.test('the client', async (t) => {
    const client = clientOf(t, url);
    t.equal(await client.whenConnected(5000), true);
    await client.check();
    t.match(await client.durability(), { appendfsync: 'always', evicts: false });
    const key = `${client.keyBase('abcdef')}x`;
    t.same(await client.script('return redis.call("INCR", KEYS[1])')([key], []), 1);
    await t.rejects(client.commands.call('SET', 'other', '1'), { message: /NOPERM/ }, 'keys of others');
    await t.rejects(client.commands.call('PUBLISH', 'other', '1'), { message: /NOPERM/ }, 'channels of others');
    for (const [command, ...rest] of [['FLUSHALL'], ['KEYS', '*'], ['CONFIG', 'SET', 'appendfsync', 'no'], ['ACL', 'LIST']] as const) {
      await t.rejects(client.commands.call(command, ...rest), { message: /NOPERM/ }, command);
    }
    t.equal(await clientOf(t, urlWithoutCertificate).whenConnected(500), false, 'without a certificate');
    t.equal(await clientOf(t, urlWithWrongPassword).whenConnected(500), false, 'with a wrong password');
  });

  await t.test('the whole system', async (t) => {
    await learningRound(t, await startDistributed(t, { ...SYSTEM, redisUrl: url }), MODEL);
  });
});

t.test('the documentation lists these rights', async (t) => {
  t.ok(readFileSync('docs/distributed.md', 'utf8').includes(` ${LIMITED_RIGHTS.join(' ')}\n`));
});

t.test('the whole system on a Redis Cluster, as a user with limited rights', async (t) => {
  const cluster = await startRedisCluster(t);
  for (const node of cluster.nodes.keys()) {
    await cluster.ask(node, (redis) => redis.call('ACL', 'SETUSER', 'service', 'on', '>secret', ...LIMITED_RIGHTS));
  }
  await learningRound(t, await startDistributed(t, { ...SYSTEM, redisUrl: cluster.url.replace('//', '//service:secret@') }), MODEL);
});
