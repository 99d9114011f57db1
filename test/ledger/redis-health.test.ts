import t from 'tap';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedis } from '../support/redis-server.js';

t.test('the durability is what the server says', async (t) => {
  const server = await startRedis(t);
  const client = await connectedClient(t, server.url);
  t.same(await client.durability(), { appendfsync: 'always', evicts: false });
  await client.commands.config('SET', 'appendfsync', 'everysec');
  await client.commands.config('SET', 'maxmemory-policy', 'allkeys-lru');
  t.same(await client.durability(), { appendfsync: 'everysec', evicts: true });
  await client.commands.config('SET', 'appendonly', 'no');
  t.match(await client.durability(), { appendfsync: 'off' });
  await client.check();
});

t.test('of a cluster it is the weakest', async (t) => {
  const cluster = await startRedisCluster(t);
  const client = await connectedClient(t, cluster.url);
  t.same(await client.durability(), { appendfsync: 'always', evicts: false });
  await cluster.ask(1, async (redis) => redis.config('SET', 'appendfsync', 'no'));
  await cluster.ask(2, async (redis) => redis.config('SET', 'maxmemory-policy', 'volatile-lru'));
  t.same(await client.durability(), { appendfsync: 'no', evicts: true });
  await client.check();

  const [node] = cluster.nodes;
  const other = newClient(t, node?.url ?? '').client;
  await t.rejects(other.check(), { code: 'REDIS_UNUSABLE', message: /is a node of a cluster: add \?cluster=true/ });
  await newClient(t, `${node?.url}?cluster=true`).client.check();
});

t.test('a Redis that will not serve is refused with what is wrong', async (t) => {
  const server = await startRedis(t);
  const operator = await connectedClient(t, server.url);
  await operator.commands.acl('SETUSER', 'reader', 'on', '>secret', '~metaerr:*', '+@read', '+@connection', '+info', '+eval', '+evalsha');
  const keys = ['~metaerr:*', '~{metaerr}:*'];
  const channels = ['&metaerr:*', '&{metaerr}:*'];
  await operator.commands.acl('SETUSER', 'service', 'on', '>secret', ...keys, ...channels, '+@all', '-@dangerous', '+info');
  await operator.commands.acl('SETUSER', 'uninformed', 'on', '>secret', ...keys, ...channels, '+@all', '-@dangerous');
  await operator.commands.acl('SETUSER', 'queueless', 'on', '>secret', '~metaerr:*', ...channels, '+@all');
  await operator.commands.acl('SETUSER', 'mute', 'on', '>secret', ...keys, 'resetchannels', '+@all');
  await operator.commands.acl('SETUSER', 'elsewhere', 'on', '>secret', '~other:*', '+@all');
  const url = (user: string) => server.url.replace('//', `//${user}@`);
  const refused = async (to: string, message: RegExp) => {
    const { client } = newClient(t, to);
    await t.rejects(client.check(), { code: 'REDIS_UNUSABLE', message });
  };
  await refused(url('service:wrong'), /does not accept the user and password: WRONGPASS/);
  await refused(url('nobody:x'), /does not accept the user and password/);
  await refused(url('reader:secret'), /does not give the user the rights/);
  for (const user of ['elsewhere', 'queueless', 'uninformed', 'mute']) await refused(url(`${user}:secret`), /does not give the user the rights/);
  await refused(`${server.url}/99`, /does not have the database/);
  await refused(`${server.url}?cluster=true`, /is no cluster/);
  const { client } = newClient(t, url('service:secret'));
  await client.check();
  t.equal(client.connected, true);
  t.same(await client.durability(), { appendfsync: 'unknown', evicts: null }, 'CONFIG is forbidden');

  await operator.commands.config('SET', 'requirepass', 'x');
  await refused(server.url, /wants a password: NOAUTH/);
  await newClient(t, url(':x')).client.check();
});

t.test('a wrong password that is put right: the client goes on by itself', async (t) => {
  const server = await startRedis(t);
  const operator = await connectedClient(t, server.url);
  await operator.commands.acl('SETUSER', 'service', 'on', '>one', '~*', '&*', '+@all');
  const { client } = newClient(t, server.url.replace('//', '//service:two@'));
  await t.rejects(client.check(), { code: 'REDIS_UNUSABLE' });
  await operator.commands.acl('SETUSER', 'service', '>two');
  t.equal(await client.whenConnected(5_000), true);
  await client.check();
});
