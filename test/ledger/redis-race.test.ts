import t from 'tap';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { batchOf, freshKey, keyOf, labelItem, newId } from '../support/ledger-data.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';

const IDS = 60;
const ROUNDS = 25;

const server = await startRedis(t);

await t.test('predictions and ground truths of the same ids from two processes: every one joins, whichever comes first', async (t) => {
  const writer = createRedisLedger(await connectedClient(t, server.url));
  const labeller = createRedisLedger(await connectedClient(t, server.url));
  const key = freshKey();
  const expected = { labelled: 0, failures: 0, duplicates: 0, conflicts: 0 };
  const statuses = new Map<string, number>();
  let gained = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = Array.from({ length: IDS }, () => newId(key.model));
    // Each id gets a ground truth, every third the same again, every fifth another that was observed earlier.
    const items = ids.flatMap((id, i) => [
      labelItem(i % 2 === 0 ? id : keyOf(key.model, id), i % 4 === 0 ? '3' : '9', { observedAt: 20 }),
      ...(i % 3 === 0 ? [labelItem(id, i % 4 === 0 ? '3' : '9', { observedAt: 20 })] : []),
      ...(i % 5 === 0 ? [labelItem(id, '7', { observedAt: 10 })] : []),
    ]);
    const append = () => ids.map(async (id) => writer.append(batchOf({ key, replies: [{ id, caller: id }] })));
    const record = () => items.map(async (item) => labeller.record([item]));
    const [appends, records] = round % 2 === 0 ? [append(), record()] : swapped(record(), append());
    for (const { results } of await Promise.all(records)) for (const { status } of results) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    for (const change of (await Promise.all([...appends, ...records])).flatMap((reply) => ('changes' in reply ? reply.changes : reply))) gained += change.labelled;
    expected.labelled += IDS;
    expected.failures += IDS / 4;
    expected.duplicates += IDS / 3;
    expected.conflicts += IDS / 5;
  }
  t.match(await writer.counts({ model: key.model, version: null, from: null, to: null }), { ...expected, predictions: expected.labelled, pending: 0, expired: 0 });
  t.equal(await labeller.labelSequence(key), expected.labelled);
  t.equal(gained, expected.labelled, 'each first ground truth was told once');
  t.ok((statuses.get('pending') ?? 0) > 0 && (statuses.get('matched') ?? 0) > 0, `both orders took place: ${JSON.stringify([...statuses])}`);
});

await t.test('the same reply and the same new keys from many at once', async (t) => {
  const ledgers = await Promise.all(Array.from({ length: 4 }, async () => createRedisLedger(await connectedClient(t, server.url))));
  const key = freshKey();
  for (let round = 0; round < ROUNDS; round++) {
    const id = newId(key.model);
    const of = { ...key, version: round + 1 };
    await Promise.all(ledgers.map(async (ledger) => ledger.append(batchOf({ key: of, featureSchema: `schema ${round}`, replies: [{ id, caller: `once ${round}` }] }))));
    const replies = await Promise.all(ledgers.map(async (ledger) => ledger.record([labelItem(keyOf(key.model, `once ${round}`), '3')])));
    t.same(replies.map(({ results }) => results[0]?.status).sort(), ['duplicate', 'duplicate', 'duplicate', 'matched']);
    t.equal(await ledgers[0]?.labelSequence(of), 1);
  }
  t.match(await ledgers[0]?.counts({ model: key.model, version: null, from: null, to: null }), { predictions: ROUNDS, labelled: ROUNDS, duplicates: 3 * ROUNDS });
});

function swapped<A, B>(a: A, b: B): [B, A] {
  return [b, a];
}
