import t from 'tap';
import { modelTag } from '../../src/core/ids.js';
import type { Ledger, Retention } from '../../src/ledger/ledger.js';
import { createRedisReader } from '../../src/ledger/redis/reader.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, collect, freshKey, keyOf, labelItem, newId, type ReplySpec } from '../support/ledger-data.js';
import { clientOf, FEW, remains } from '../support/redis-ledger-reading.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t, { arguments: ['--appendfsync', 'no'] });

/** A ledger whose steps are so small that every limit falls between and into replies. */
async function openLedger(t: Parameters<typeof clientOf>[0]): Promise<Ledger> {
  const client = await clientOf(t, server);
  return { ...createRedisLedger(client), ...createRedisReader(client, FEW) };
}

const keep = (model: string, change: Partial<Retention>): Retention => ({ model, rowsBefore: -1, maxRows: 1e9, inputsBefore: -1, ...change });

async function placesOf(ledger: Ledger, model: string): Promise<string[]> {
  const batches = await collect(ledger.scan({ model, version: null, labelled: null, from: null, to: null, features: false, inputs: true }));
  return batches.flatMap(({ ids, rows }) => ids.map((id, i) => `${id}/${rows[i]}`));
}

/** Replies of one to four rows, three at each time, and their places from the oldest on. */
function someReplies(model: string) {
  const ids = Array.from({ length: 12 }, () => newId(model)).sort();
  const replies = ids.map((id, i): ReplySpec => ({ id, createdAt: Math.floor(i / 3), rows: 1 + (i % 4), input: `[${i}]`, caller: `whole ${i}`, rowCallers: [`first ${i}`] }));
  return { replies, places: replies.flatMap(({ id, rows = 1 }) => Array.from({ length: rows }, (_, row) => `${id}/${row}`)) };
}

await t.test('prune: every number of rows is kept exactly, and in the end nothing of them remains', async (t) => {
  const client = await clientOf(t, server);
  const ledger = await openLedger(t);
  const key = freshKey();
  const { replies, places } = someReplies(key.model);
  await ledger.append(batchOf({ key, replies: replies.toReversed() }));
  const items = places.map((place) => labelItem(place.split('/')[0] ?? '', '9', { row: Number(place.split('/')[1]) }));
  await ledger.record([...items, ...items.map((item) => ({ ...item, value: '7' }))]);
  for (let rows = places.length - 1; rows >= 0; rows -= 1) {
    t.same(await ledger.prune(keep(key.model, { maxRows: rows })), { rows: 1, inputs: 0 });
    t.same(await placesOf(ledger, key.model), places.slice(places.length - rows));
    t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { predictions: rows, labelled: rows, duplicates: 0, conflicts: rows });
    const labelled = await collect(ledger.labelled({ key, featureSchema: 'schema', from: null, to: null, newest: Infinity, features: false }));
    t.equal(labelled.reduce((sum, { count }) => sum + count, 0), rows);
  }
  t.same(await remains(client, key.model), []);
});

await t.test('prune: by age, in the middle of a time with several replies nothing is lost', async (t) => {
  const client = await clientOf(t, server);
  const ledger = await openLedger(t);
  const key = freshKey();
  const { replies, places } = someReplies(key.model);
  await ledger.append(batchOf({ key, replies }));
  const rowsUpTo = (time: number) => replies.filter(({ createdAt = 0 }) => createdAt < time).reduce((sum, { rows = 1 }) => sum + rows, 0);
  t.same(await ledger.prune(keep(key.model, { rowsBefore: 2 })), { rows: rowsUpTo(2), inputs: 0 });
  t.same(await placesOf(ledger, key.model), places.slice(rowsUpTo(2)));
  t.same(await ledger.prune(keep(key.model, { rowsBefore: 2 })), { rows: 0, inputs: 0 });
  t.same(await ledger.prune(keep(key.model, { rowsBefore: 99 })), { rows: places.length - rowsUpTo(2), inputs: 0 });
  t.same(await remains(client, key.model), []);
});

await t.test('prune: raw inputs alone', async (t) => {
  const ledger = await openLedger(t);
  const key = freshKey();
  const { replies, places } = someReplies(key.model);
  await ledger.append(batchOf({ key, replies }));
  await ledger.prune(keep(key.model, { maxRows: places.length - 2 }));
  const older = replies.filter(({ createdAt = 0 }) => createdAt < 3).reduce((sum, { rows = 1 }) => sum + rows, 0) - 2;
  t.same(await ledger.prune(keep(key.model, { inputsBefore: 3 })), { rows: 0, inputs: older });
  t.same(await ledger.prune(keep(key.model, { inputsBefore: 3 })), { rows: 0, inputs: 0 });
  const batches = await collect(ledger.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: true }));
  const kept = batches.flatMap(({ inputs, createdAt }) => inputs.map((input, i) => [createdAt[i], input !== null]));
  t.equal(kept.length, places.length - 2);
  t.ok(kept.every(([createdAt, input]) => input === (createdAt === 3)), 'those of other rows are there');
});

await t.test('prune: two at once delete no row too many and count each once', async (t) => {
  const client = await clientOf(t, server);
  const ledgers = [await openLedger(t), await openLedger(t)] as const;
  for (const [mine, theirs] of [[7, 7], [3, 11]] as const) {
    const key = freshKey();
    const { replies, places } = someReplies(key.model);
    await ledgers[0].append(batchOf({ key, replies }));
    const [a, b] = await Promise.all([ledgers[0].prune(keep(key.model, { maxRows: mine })), ledgers[1].prune(keep(key.model, { maxRows: theirs, rowsBefore: 1, inputsBefore: 2 }))]);
    t.equal(a.rows + b.rows, places.length - Math.min(mine, theirs));
    t.same(await placesOf(ledgers[0], key.model), places.slice(places.length - Math.min(mine, theirs)));
    await Promise.all(ledgers.map((ledger) => ledger.prune(keep(key.model, { maxRows: 0 }))));
    t.same(await remains(client, key.model), []);
  }
});

await t.test('prune: of a reply that lost rows at its front, ids of callers go with their rows, that of the reply with the last', async (t) => {
  const client = await clientOf(t, server);
  const ledger = await openLedger(t);
  const key = freshKey();
  const id = newId(key.model);
  await ledger.append(batchOf({ key, replies: [{ id, rows: 4, caller: 'all', rowCallers: ['r0', 'r1', 'r2', 'r3'], input: '{}' }] }));
  await ledger.record([0, 1, 2, 3].map((row) => labelItem(id, '9', { row })));
  t.same(await ledger.prune(keep(key.model, { maxRows: 1 })), { rows: 3, inputs: 0 });
  t.match(await ledger.prediction(id), [{ row: 3, inputs: '{}', groundTruths: { length: 1 } }]);
  const fields = async (kind: string) => ((await client.commands.call('HKEYS', `${client.keyBase(modelTag(key.model))}${kind}:${id}`)) as string[]).sort();
  t.same([await fields('t'), await fields('i')], [['3', '3:1'], ['3']], 'nothing is kept of the rows that went');
  const said = async (caller: string, row: number | null) => (await ledger.record([labelItem(keyOf(key.model, caller), '9', { row })])).results[0];
  t.same(await said('r2', null), { status: 'pending' });
  t.same(await said('r3', null), { status: 'duplicate' });
  t.same(await said('all', 3), { status: 'duplicate' });
  t.same(await said('all', 2), { status: 'invalid', reason: 'row_out_of_range' });
  t.same(await ledger.prune(keep(key.model, { maxRows: 0 })), { rows: 1, inputs: 0 });
  t.same(await said('all', 3), { status: 'pending' });
  t.same(await ledger.prediction(id), []);
});

await t.test('prune: an index entry without its reply is cleared away and stops nothing', async (t) => {
  const client = await clientOf(t, server);
  const ledger = await openLedger(t);
  const key = freshKey();
  const { replies, places } = someReplies(key.model);
  await ledger.append(batchOf({ key, replies: replies.slice(1) }));
  const base = client.keyBase(modelTag(key.model));
  const lost = replies.slice(3, 8).map(({ id }) => id);
  for (const id of lost) await client.commands.call('DEL', `${base}p:${id}`);
  const left = places.slice(1).filter((place) => !lost.includes(place.split('/')[0] ?? ''));
  t.same(await placesOf(ledger, key.model), left);
  t.match(await ledger.counts({ model: key.model, version: null, from: null, to: null }), { predictions: left.length });
  t.same(await ledger.prune(keep(key.model, { maxRows: 4 })), { rows: left.length - 4, inputs: 0 });
  t.same(await placesOf(ledger, key.model), left.slice(-4));
});
