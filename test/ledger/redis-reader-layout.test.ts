import t from 'tap';
import { createRedisReader } from '../../src/ledger/redis/reader.js';
import { collect, newId } from '../support/ledger-data.js';
import { HAND, labelByHand, writeByHand, type HandReply } from '../support/redis-ledger-by-hand.js';
import { clientOf, FEW } from '../support/redis-ledger-reading.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t);
const client = await clientOf(t, server);
const [a, b] = [newId(HAND.model), newId(HAND.model)];
const replies: readonly HandReply[] = [
  {
    id: a,
    createdAt: 5.5,
    callers: [[-1, 'whole'], [1, 'one']],
    rows: [
      { label: 'grün 🐸', failureProbability: 0.25, metaVersion: 7, vector: [1, 2, 3] },
      { label: null, value: -1.5, vector: [4, 5, 6] },
      { label: '', failureProbability: 0.5, metaVersion: 8, vector: [7, 8, 9] },
    ],
  },
  { id: b, createdAt: 5.5, rows: [{ label: 'x', vector: [10, 11, 12] }] },
];
await writeByHand(client, 3, replies);
const history = [
  { value: 'x', observedAt: 2, receivedAt: 9, source: null },
  { value: 'ü', observedAt: 3, receivedAt: 8, source: 'tür' },
  { value: 'ü', observedAt: 1, receivedAt: 9, source: '' },
];
await labelByHand(client, { id: a, row: 2, createdAt: 5.5, failure: true, current: 2, distinct: 2, history });
await labelByHand(client, { id: a, row: 0, createdAt: 5.5, failure: false, current: 1, distinct: 1, history: history.slice(0, 1) });

for (const [name, pages] of [['of production', undefined], ['of two or three rows', FEW]] as const) {
  const reader = createRedisReader(client, pages);
  const query = { model: HAND.model, version: null, from: null, to: null };

  await t.test(`a ledger written by hand as the layout says, in pages ${name}`, async (t) => {
    const rows = await reader.prediction(a);
    const said = (i: number, current: boolean) => ({ kind: 'label', ...history[i], current });
    const plain = { key: HAND, createdAt: 5.5, confidence: 0.75, value: null, failureProbability: null, metaVersion: 0, status: 'degraded', inputs: null, audit: false, choice: 0, failure: null, groundTruths: [] };
    t.strictSame(rows, [
      { ...plain, row: 0, label: 'grün 🐸', failureProbability: 0.25, review: false, metaVersion: 7, failure: false, groundTruths: [said(0, true)] },
      { ...plain, row: 1, label: null, value: -1.5, review: true },
      { ...plain, row: 2, label: '', failureProbability: 0.5, review: false, metaVersion: 8, failure: true, groundTruths: [said(1, true), said(0, false), said(2, false)] },
    ].map((row) => ({ ...row })));

    const batches = await collect(reader.labelled({ key: HAND, featureSchema: 's', from: null, to: null, newest: 9, features: true }));
    t.strictSame(batches.flatMap((batch) => [...batch.features]), [1, 2, 3, 7, 8, 9]);
    t.strictSame(batches.flatMap((batch) => batch.truths), ['x', 'ü']);
    t.strictSame(batches.flatMap((batch) => [...batch.classes]), [-1, 1]);
    t.strictSame(batches.flatMap((batch) => [...batch.failures]), [0, 1]);
    t.strictSame(batches.flatMap((batch) => [...batch.coldStartProbabilities]), [0.25, 0.25]);
    t.strictSame(batches.flatMap((batch) => [...batch.failureProbabilities]), [0.25, 0.5]);

    const scanned = await collect(reader.scan({ ...query, labelled: null, features: true, inputs: true }));
    t.strictSame(scanned.flatMap((batch) => batch.ids.map((id, i) => `${id}/${batch.rows[i]}`)), [`${a}/0`, `${a}/1`, `${a}/2`, `${b}/0`]);
    t.strictSame(scanned.flatMap((batch) => batch.features.map((vector) => vector?.[0])), [1, 4, 7, 10]);
    t.strictSame(scanned.flatMap((batch) => batch.labels), ['grün 🐸', null, '', 'x']);
    t.strictSame(scanned.flatMap((batch) => batch.truths), [{ kind: 'label', value: 'x', observedAt: 2 }, null, { kind: 'label', value: 'ü', observedAt: 3 }, null]);
    t.strictSame(scanned.flatMap((batch) => batch.featureSchemas), ['s', 's', 's', 's']);

    t.strictSame(await reader.counts(query), {
      predictions: 4, labelled: 2, failures: 1, duplicates: 1, conflicts: 1, expectedFailures: 0.75, scored: 2, labelledExpectedFailures: 0.75, labelledScored: 2, pending: 0, expired: 0,
    });
  });
}

await t.test('a reply of a later format is not read as if it were known', async (t) => {
  const reader = createRedisReader(client);
  const [key] = (await client.commands.call('KEYS', `*p:${b}`)) as string[];
  await client.commands.call('SETRANGE', key ?? '', 0, '\x02');
  await t.rejects(reader.prediction(b), { message: /format that this release does not know/ });
  await t.rejects(reader.prune({ model: HAND.model, rowsBefore: 99, maxRows: 9, inputsBefore: 0 }), { message: /format/ });
});
