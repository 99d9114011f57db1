import t from 'tap';
import { openRedisLedger } from '../../src/ledger/redis/direct-ledger.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, collect, freshKey, labelItem, newId } from '../support/ledger-data.js';
import { clientOf } from '../support/redis-ledger-reading.js';
import { freePort, startRedis } from '../support/redis-server.js';

await t.test('a ledger for reading beside the servers sees what is written, also before it is connected, and refuses to write', async (t) => {
  const server = await startRedis(t);
  const writer = createRedisLedger(await clientOf(t, server));
  const key = freshKey();
  const id = newId(key.model);
  await writer.append(batchOf({ key, replies: [{ id }] }));
  const reader = openRedisLedger({ url: server.url, prefix: 'metaerr' });
  t.teardown(() => reader.close());
  t.match(await reader.prediction(id), [{ failure: null }]);
  await writer.record([labelItem(id, '3')]);
  t.match(await reader.prediction(id), [{ failure: true }]);
  t.equal(await reader.labelSequence(key), 1);
  t.match(await reader.counts({ model: key.model, version: null, from: null, to: null }), { predictions: 1, failures: 1 });
  t.match(await collect(reader.labelled({ key, featureSchema: 'schema', from: null, to: null, newest: 9, features: true })), [{ count: 1 }]);
  t.match(await collect(reader.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: true })), [{ ids: [id] }]);

  const refused = { code: 'LEDGER_UNAVAILABLE', message: /only reads/ };
  await t.rejects(reader.append(batchOf({ key, replies: [{ id: newId(key.model) }] })), refused);
  await t.rejects(reader.record([labelItem(id, '9')]), refused);
  await t.rejects(reader.expirePending('ABCDEF', 9), refused);
  await t.rejects(reader.prune({ model: key.model, rowsBefore: 99_999, maxRows: 0, inputsBefore: 99_999 }), refused);
  t.match(await reader.counts({ model: key.model, version: null, from: null, to: null }), { predictions: 1, pending: 0 });
});

await t.test('reading in the middle of which Redis goes away is refused, not ended as if there were no more', async (t) => {
  const server = await startRedis(t);
  const writer = createRedisLedger(await clientOf(t, server));
  const key = freshKey();
  await writer.append(batchOf({ key, replies: [{ id: newId(key.model), rows: 1_500 }] }));
  const reader = openRedisLedger({ url: server.url, prefix: 'metaerr', patienceMilliseconds: 2_000 });
  t.teardown(() => reader.close());
  const reading = reader.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: true, inputs: true })[Symbol.asyncIterator]();
  t.notOk((await reading.next()).done);
  await server.kill();
  await t.rejects(reading.next(), { code: 'LEDGER_UNAVAILABLE' });
});

await t.test('without a Redis it waits for a bounded time', async (t) => {
  const reader = openRedisLedger({ url: `redis://127.0.0.1:${await freePort()}`, prefix: 'metaerr', patienceMilliseconds: 200 });
  t.teardown(() => reader.close());
  await t.rejects(reader.labelSequence(freshKey()), { code: 'LEDGER_UNAVAILABLE', message: /no connection/ });
  await t.rejects(collect(reader.scan({ model: 'm', version: null, labelled: null, from: null, to: null, features: true, inputs: true })), { code: 'LEDGER_UNAVAILABLE' });
});
