import t, { type Test } from 'tap';
import { Absence } from '../../src/ledger/redis/absence.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import { CLIENT_TIMEOUT_MILLISECONDS, connectedClient, newClient } from '../support/redis-clients.js';
import { openDoor } from '../support/redis-door.js';
import { freePort, startRedis } from '../support/redis-server.js';
import { within } from '../support/within.js';

/** Far more than any call may take, far less than for ever. */
const BOUND_MILLISECONDS = 5 * CLIENT_TIMEOUT_MILLISECONDS;

async function rejectsInTime(t: Test, call: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  await t.rejects(call(), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 2 });
  t.ok(performance.now() - begin < BOUND_MILLISECONDS);
}

t.test('a Redis that hangs: calls are rejected within the time-out, later ones at once, and it goes on by itself', async (t) => {
  const server = await startRedis(t);
  const client = await connectedClient(t, server.url);
  const ledger = createRedisLedger(client);
  const key = freshKey();
  const ids = Array.from({ length: 5 }, () => newId(key.model));
  await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id })) }));
  for (const id of ids) {
    server.suspend();
    await rejectsInTime(t, () => ledger.record([labelItem(id, '9')]));
    await within(BOUND_MILLISECONDS, () => !client.connected);
    await rejectsInTime(t, () => ledger.append(batchOf({ key, replies: [{ id: newId(key.model) }] })));
    server.resume();
    t.equal(await client.whenConnected(BOUND_MILLISECONDS), true);
    t.match((await ledger.record([labelItem(id, '9')])).results, [{ status: /^(matched|duplicate)$/ }]);
  }
  t.equal(await ledger.labelSequence(key), ids.length);
});

t.test('a Redis that takes connections and says nothing', async (t) => {
  let connections = 0;
  const silent = await openDoor(t, (socket) => {
    socket.on('error', () => undefined);
    connections++;
  });
  const { client } = newClient(t, silent.url);
  const ledger = createRedisLedger(client);
  const key = freshKey();
  await rejectsInTime(t, () => ledger.append(batchOf({ key, replies: [{ id: newId(key.model) }] })));
  await rejectsInTime(t, () => ledger.record([labelItem(newId(key.model), '9')]));
  await within(BOUND_MILLISECONDS, () => connections > 1);
  t.equal(client.connected, false, 'it tries again and again');
});

t.test('a Redis that comes later, and one that reads its file for a while', async (t) => {
  const server = await startRedis(t, { arguments: ['--key-load-delay', '500'] });
  const writer = createRedisLedger(await connectedClient(t, server.url));
  const key = freshKey();
  const ids = Array.from({ length: 2_000 }, () => newId(key.model));
  for (let i = 0; i < ids.length; i += 500) await writer.append(batchOf({ key, replies: ids.slice(i, i + 500).map((id) => ({ id })) }));
  await server.kill();
  const { client } = newClient(t, server.url);
  const ledger = createRedisLedger(client);
  await rejectsInTime(t, () => ledger.record([labelItem(ids[0] ?? '', '9')]));
  const started = server.start();
  await rejectsInTime(t, () => ledger.record([labelItem(ids[0] ?? '', '9')]));
  await started;
  t.equal(await client.whenConnected(BOUND_MILLISECONDS), true);
  t.match((await ledger.record(ids.map((id) => labelItem(id, '9')))).changes, [{ labelled: ids.length }]);
});

t.test('law 1: what was acknowledged is there after SIGKILL of Redis and a restart with its file, again and again', async (t) => {
  const server = await startRedis(t);
  const { client } = newClient(t, server.url);
  await client.whenConnected(BOUND_MILLISECONDS);
  const ledger = createRedisLedger(client);
  const key = freshKey();
  const appended = new Set<string>();
  const recorded = new Set<string>();
  for (let round = 0; round < 3; round++) {
    let running = true;
    const traffic = async (write: () => Promise<void>) => {
      while (running) await write().catch((error: unknown) => t.match(error, { code: 'LEDGER_UNAVAILABLE' }));
    };
    const writers = [
      traffic(async () => {
        const ids = Array.from({ length: 20 }, () => newId(key.model));
        await ledger.append(batchOf({ key, replies: ids.map((id) => ({ id })) }));
        ids.forEach((id) => appended.add(id));
      }),
      traffic(async () => {
        const id = [...appended].at(-1) ?? newId(key.model);
        await ledger.record([labelItem(id, '9')]);
        recorded.add(id);
      }),
    ];
    const [before, beforeRecorded] = [appended.size, recorded.size];
    await within(20_000, () => appended.size > before + 200 && recorded.size > beforeRecorded + 5);
    await server.kill();
    running = false;
    await Promise.all(writers);
    await server.start();
    t.equal(await client.whenConnected(BOUND_MILLISECONDS), true);
  }
  const found = await Promise.all([...appended].map(async (id) => ledger.prediction(id)));
  t.notOk(found.some((rows) => rows.length !== 1), 'every prediction is there');
  const truths = await Promise.all([...recorded].filter((id) => appended.has(id)).map(async (id) => ledger.prediction(id)));
  t.notOk(truths.some(([row]) => row?.failure !== false), 'every ground truth is there');
  const { labelled } = await ledger.counts({ model: key.model, version: null, from: null, to: null });
  t.equal(await ledger.labelSequence(key), labelled);
});

t.test('nobody listens at the address', async (t) => {
  const { client } = newClient(t, `redis://127.0.0.1:${await freePort()}`);
  const ledger = createRedisLedger(client);
  await rejectsInTime(t, () => ledger.record([labelItem(newId('m'), '9')]));
  await t.rejects(client.durability(), { code: 'STORE_UNAVAILABLE', message: 'Redis cannot be used now: it is not connected' });
  await client.check();
});

t.test('why it is away is said once for each absence, and that it is back', async (t) => {
  const server = await startRedis(t);
  const { client, logger } = newClient(t, server.url);
  t.equal(client.away, 'Redis is not connected', 'nothing has failed yet');
  await client.whenConnected(BOUND_MILLISECONDS);
  t.equal(client.away, null);
  const told = () => logger.lines.filter(({ level }) => level !== 'debug');
  const tries = () => logger.lines.filter(({ fields }) => JSON.stringify(fields).includes('ECONNREFUSED')).length;
  t.same(told(), [], 'a connection at once is no news');
  for (let absence = 1; absence <= 2; absence++) {
    await server.kill();
    const before = tries();
    await within(BOUND_MILLISECONDS, () => tries() > before + 2);
    t.equal(client.away, 'Redis is not connected (ECONNREFUSED)');
    await server.start();
    t.equal(await client.whenConnected(BOUND_MILLISECONDS), true);
    const refused = told().filter(({ level, message, fields }) => level === 'warn' && message.startsWith('Redis cannot be reached') && /ECONNREFUSED 127\.0\.0\.1:\d+/.test(JSON.stringify(fields)));
    t.equal(refused.length, absence, 'with the address, for who reads the log');
    t.equal(told().filter(({ level, message }) => level === 'info' && message === 'Redis is reached again').length, absence);
  }
});

t.test('an absence with many reasons', async (t) => {
  const absence = new Absence();
  t.equal(absence.end(), false);
  t.equal(absence.add(new Error('WRONGPASS invalid username-password pair or user is disabled.')), true);
  t.equal(absence.words, 'Redis is not connected (WRONGPASS)');
  t.equal(absence.add(Object.assign(new Error('getaddrinfo ENOTFOUND redis'), { code: 'ENOTFOUND' })), true);
  t.equal(absence.add(new Error('WRONGPASS again')), false);
  t.equal(absence.words, 'Redis is not connected (WRONGPASS)', 'the newest');
  const news = Array.from({ length: 20 }, (_, i) => absence.add(new Error(`reason ${i}`)));
  t.same(news.filter(Boolean).length, 8, 'ten in all');
  t.equal(absence.end(), true);
  t.equal(absence.words, 'Redis is not connected');
});
