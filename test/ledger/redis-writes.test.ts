import t from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { modelTag } from '../../src/core/ids.js';
import type { RowRange } from '../../src/ledger/ledger.js';
import { PartlyRecorded } from '../../src/ledger/partly-written.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, collect, freshKey, keyOf, labelItem, newId, type ReplySpec } from '../support/ledger-data.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t);
const client = await connectedClient(t, server.url);
const ledger = createRedisLedger(client);
const all = (model: string): RowRange => ({ model, version: null, from: null, to: null });

await t.test('a server that has lost the scripts gets them again', async (t) => {
  const key = freshKey();
  const id = newId(key.model);
  await ledger.append(batchOf({ key, replies: [{ id }] }));
  for (const label of ['9', '9', '3']) {
    await client.commands.script('FLUSH');
    await ledger.record([labelItem(id, label)]);
    await ledger.append(batchOf({ key, replies: [{ id: newId(key.model) }] }));
  }
  t.match(await ledger.counts(all(key.model)), { predictions: 4, labelled: 1, duplicates: 1, conflicts: 1 });
});

await t.test('a Redis that has lost its data gives no row the number of another key', async (t) => {
  const [first, second] = [freshKey({ version: 1 }), freshKey({ version: 7 })];
  const key = { ...first, version: 2 };
  await ledger.append(batchOf({ key: first, replies: [{ id: newId(first.model) }] }));
  await ledger.append(batchOf({ key, featureSchema: 'two', replies: [{ id: newId(first.model) }] }));
  await client.commands.flushall();
  await ledger.append(batchOf({ key: second, replies: [{ id: newId(second.model) }] }));
  const id = newId(first.model);
  await ledger.append(batchOf({ key, featureSchema: 'two', replies: [{ id }] }));
  await ledger.record([labelItem(id, '9')]);
  t.match(await ledger.prediction(id), [{ key, failure: false }]);
  t.equal(await ledger.labelSequence(key), 1);
  const scanned = await collect(ledger.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: true }));
  t.match(scanned, [{ count: 1, keys: [key], featureSchemas: ['two'] }]);
});

await t.test('a feature schema has one width: another is a defect, and nothing is written', async (t) => {
  const key = freshKey();
  const batch = batchOf({ key, replies: [{ id: newId(key.model) }] });
  await ledger.append(batch);
  const id = newId(key.model);
  const wider = { ...batch, ids: [id], featureWidth: 4, features: new Float32Array(4) };
  await t.rejects(ledger.append(wider), { name: 'RangeError', message: /featureWidth is 4, but the feature schema schema has 3/ });
  t.same(await ledger.prediction(id), []);
});

await t.test('columns or rows that do not fit together are a defect', async (t) => {
  const key = freshKey();
  const batch = batchOf({ key, replies: [{ id: newId(key.model), rows: 3 }] });
  await t.rejects(ledger.append({ ...batch, labels: [] }), { message: /labels has 0 elements, expected 3/ });
  await t.rejects(ledger.append({ ...batch, rows: Int32Array.of(0, 2, 1) }), { message: /begins with row 2/ });
  await t.rejects(ledger.append({ ...batch, features: new Float32Array(2) }), { message: /features has 2 numbers/ });
});

await t.test('a batch far beyond one run of a script: every reply comes back whole', async (t) => {
  const key = freshKey();
  const replies = Array.from({ length: 3_000 }, (_, i): ReplySpec => ({
    id: newId(key.model), rows: i % 1_000 === 7 ? 6_000 : 1 + (i % 3), createdAt: i, label: `label ${i % 4}`, failureProbability: i / 3_000,
    input: i % 5 === 0 ? JSON.stringify({ x: 'y'.repeat(i % 700) }) : null, caller: `caller ${i}`,
  }));
  const rows = replies.reduce((sum, reply) => sum + (reply.rows ?? 1), 0);
  await ledger.record(replies.slice(0, 500).map(({ id }) => labelItem(id, 'label 1', { row: 0 })));
  const changes = await ledger.append(batchOf({ key, replies }));
  t.match(changes, [{ key, labelled: 500, labelSequence: 500 }]);
  t.match(await ledger.counts(all(key.model)), { predictions: rows, labelled: 500, pending: 0 });
  const { results } = await ledger.record(replies.map((_, i) => labelItem(keyOf(key.model, `caller ${i}`), 'label 2', { row: 0 })));
  t.same(results.map(({ status }) => status), replies.map((_, i) => (i < 500 ? 'conflict' : 'matched')));
  for (const i of [0, 7, 8, 1_499, 2_007, 2_999]) {
    const reply = replies[i];
    const found = await ledger.prediction(reply?.id ?? '');
    t.equal(found.length, reply?.rows);
    t.match(found.at(-1), { createdAt: i, row: (reply?.rows ?? 0) - 1, label: reply?.label, failureProbability: i / 3_000, inputs: reply?.input ?? null });
  }
});

await t.test('texts of any bytes: NUL and lone surrogates become U+FFFD, everything else comes back', async (t) => {
  const key = freshKey({ model: 'Modell 🐸 "x" \\ ü' });
  const id = newId(key.model);
  const label = 'ключ\n🐸\u0001\u00ff';
  await ledger.record([labelItem(keyOf(key.model, 'später 🐸\0'), label, { source: 'Quelle 🐸' })]);
  await ledger.append(batchOf({ key, featureSchema: 'schéma', replies: [{ id, label, input: '{"ä":"🐸\\u0000"}', caller: 'später 🐸\0' }] }));
  t.match(await ledger.prediction(id), [{ key, label, inputs: '{"ä":"🐸\\u0000"}', failure: false, groundTruths: [{ value: label, source: 'Quelle 🐸' }] }]);
  const results = await ledger.record([labelItem(id, `${label}\0`), labelItem(id, `${label}\ud800`), labelItem(id, '')]);
  t.same(results.results.map(({ status }) => status), ['conflict', 'duplicate', 'conflict'], 'both are one text');
  t.match(await ledger.counts(all(key.model)), { conflicts: 2, duplicates: 1 });
});

await t.test('calls made in one tick take effect in their order, also where the server has the script of only some of them', async (t) => {
  const key = freshKey();
  const id = newId(key.model);
  const fresh = createRedisLedger(await connectedClient(t, server.url));
  await client.commands.script('FLUSH');
  await ledger.record([labelItem(newId(key.model), '9')]);
  const calls = [
    fresh.append(batchOf({ key, replies: [{ id }] })), fresh.record([labelItem(id, '9')]), fresh.append(batchOf({ key, replies: [{ id, label: '3' }] })), fresh.record([labelItem(id, '3')]),
  ] as const;
  const [, first, , second] = await Promise.all(calls);
  t.same([first.results[0]?.status, second.results[0]?.status], ['matched', 'conflict']);
});

await t.test('pending ground truths of many ids expire in steps', async (t) => {
  const key = freshKey();
  const tag = modelTag(key.model);
  const ids = Array.from({ length: 950 }, () => newId(key.model));
  await ledger.record(ids.flatMap((id, i) => [labelItem(id, '9', { receivedAt: i }), labelItem(id, '3', { receivedAt: 10_000 - i })]));
  t.equal(await ledger.expirePending(tag, 900), 900);
  t.match(await ledger.counts(all(key.model)), { pending: 1_000, expired: 900 });
  t.equal(await ledger.expirePending(tag, 900), 0);
  t.equal(await ledger.expirePending(tag, 20_000), 1_000);
  t.match(await ledger.counts(all(key.model)), { pending: 0, expired: 1_900 });
  t.same(await client.commands.keys(`${client.keyBase(tag)}w*`), []);
});

await t.test('ground truths of which only a part could be recorded: the rejection has what is durable', async (t) => {
  const [open, closed] = [freshKey(), freshKey()];
  const [first, second] = [newId(open.model), newId(closed.model)];
  for (const [key, id] of [[open, first], [closed, second]] as const) await ledger.append(batchOf({ key, replies: [{ id, failureProbability: 0.25 }] }));
  await client.commands.acl('SETUSER', 'partly', 'on', '>secret', `~${client.keyBase(modelTag(open.model))}*`, '&*', '+@all');
  const partly = createRedisLedger(await connectedClient(t, server.url.replace('redis://', 'redis://partly:secret@')));
  const error = await partly.record([labelItem(second, '3'), labelItem(first, '3')]).catch((thrown: unknown) => thrown);
  t.ok(error instanceof PartlyRecorded);
  t.match(error, { code: 'LEDGER_UNAVAILABLE', message: /NOPERM/, results: [null, { status: 'matched' }], changes: [{ key: open, labelled: 1, failuresGained: 1 }] });
  t.match(await ledger.counts(all(open.model)), { labelled: 1, failures: 1 });
  t.match(await ledger.counts(all(closed.model)), { labelled: 0 });
  const nothing = await partly.record([labelItem(second, '3')]).catch((thrown: unknown) => thrown);
  t.ok(nothing instanceof MetaErrError && !(nothing instanceof PartlyRecorded), 'nothing is known to be durable');
});
