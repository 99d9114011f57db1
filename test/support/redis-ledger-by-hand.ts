import { modelTag } from '../../src/core/ids.js';
import type { RedisClient } from '../../src/ledger/redis/client.js';

/** A row as it is written by hand. */
export interface HandRow {
  readonly label?: string | null;
  readonly value?: number;
  readonly failureProbability?: number;
  readonly metaVersion?: number;
  readonly vector: readonly number[];
}

export interface HandReply {
  readonly id: string;
  readonly createdAt: number;
  readonly rows: readonly HandRow[];
  /** What callers called it: row, or -1 for the whole. */
  readonly callers?: readonly (readonly [row: number, key: string])[];
}

/** One labelled row by hand: its history, and which of it counts (from 1). */
export interface HandTruth {
  readonly id: string;
  readonly row: number;
  readonly createdAt: number;
  readonly failure: boolean;
  readonly current: number;
  readonly distinct: number;
  readonly history: readonly { readonly value: string; readonly observedAt: number; readonly receivedAt: number; readonly source: string | null }[];
}

export const HAND = { model: 'by-hand', version: 3, digest: 'd1' };
const NO_LABEL = 0xffffffff;
const base = (client: RedisClient) => `${client.prefix}:{${modelTag(HAND.model)}}:`;

/**
 * Writes replies of one key (model 1, key 2, feature schema 3 of digest `s`) as src/ledger/redis/layout.ts says, byte by byte and without the
 * writer: the reader is held to the layout, not to what the writer happens to do.
 */
export async function writeByHand(client: RedisClient, width: number, replies: readonly HandReply[]): Promise<void> {
  const at = base(client);
  const key = JSON.stringify([HAND.model, HAND.version, HAND.digest]);
  const numbers = [`m:${HAND.model}`, '1', 'M:1', HAND.model, `k:${key}`, '2', 'K:2', `1:${key}`, 'f:s', '3', 'F:3', `${width}:s`, 'n', '3'];
  await client.commands.call('HSET', `${at}numbers`, ...numbers);
  for (const reply of replies) {
    await client.commands.call('SET', `${at}p:${reply.id}`, encode(reply, width));
    await client.commands.call('ZADD', `${at}x:1`, reply.createdAt, reply.id);
    for (const [row, caller] of reply.callers ?? []) await client.commands.call('SADD', `${at}c:${caller}`, `${reply.id}\0${row < 0 ? 'w' : row}`);
  }
}

/** Labels a row of those; all of its ground truths are labels. */
export async function labelByHand(client: RedisClient, { id, row, createdAt, failure, current, distinct, history }: HandTruth): Promise<void> {
  const at = base(client);
  const counting = history[current - 1];
  if (counting === undefined) throw new RangeError('none of the history counts');
  const state = Buffer.alloc(24);
  state.writeDoubleLE(counting.observedAt, 0);
  state.writeUInt32LE(current, 8);
  state.writeUInt32LE(history.length, 12);
  state.writeUInt32LE(distinct, 16);
  state.writeUInt8(failure ? 1 : 0, 21);
  const fields = history.flatMap((truth, i) => [`${row}:${i + 1}`, encodeTruth(truth, row)]);
  await client.commands.call('HSET', `${at}t:${id}`, String(row), Buffer.concat([state, Buffer.from(counting.value)]), ...fields);
  const place = Buffer.alloc(4);
  place.writeUInt32BE(row);
  await client.commands.call('ZADD', `${at}l:2`, createdAt, Buffer.concat([Buffer.from(`${id}\0`), place]));
}

function encodeTruth({ value, observedAt, receivedAt, source }: HandTruth['history'][number], row: number): Buffer {
  const head = Buffer.alloc(28);
  head.writeDoubleLE(observedAt, 0);
  head.writeDoubleLE(receivedAt, 8);
  head.writeInt32LE(row, 16);
  head.writeUInt8(source === null ? 0 : 1, 21);
  head.writeUInt32LE(Buffer.byteLength(value), 24);
  return Buffer.concat([head, Buffer.from(value), Buffer.from(source ?? '')]);
}

function encode({ createdAt, rows, callers = [] }: HandReply, width: number): Buffer {
  const labels = rows.map(({ label }) => (label == null ? null : Buffer.from(label)));
  const names = callers.map(([row, key]) => {
    const head = Buffer.alloc(8);
    head.writeInt32LE(row, 0);
    head.writeUInt32LE(Buffer.byteLength(key), 4);
    return Buffer.concat([head, Buffer.from(key)]);
  });
  const count = Buffer.alloc(4);
  count.writeUInt32LE(names.length);
  const labelsAt = 40 + 64 * rows.length;
  const callersAt = labelsAt + sum(labels.map((label) => label?.length ?? 0));
  const vectorsAt = callersAt + 4 + sum(names.map((name) => name.length));
  const header = Buffer.alloc(40);
  header.writeUInt8(1, 0);
  [rows.length, 2, 3, width, callersAt, vectorsAt].forEach((number, i) => header.writeUInt32LE(number, 4 + 4 * i));
  header.writeDoubleLE(createdAt, 32);
  let labelAt = labelsAt;
  const entries = rows.map((row, i) => {
    const entry = Buffer.alloc(64);
    [row.value ?? NaN, NaN, 0.75, 0.25, row.failureProbability ?? NaN].forEach((number, j) => entry.writeDoubleLE(number, 8 * j));
    entry.writeInt32LE(i - 1, 40);
    entry.writeInt32LE(row.metaVersion ?? 0, 44);
    entry.writeUInt8(i % 2, 48);
    entry.writeUInt8(2, 49);
    entry.writeUInt32LE(labelAt, 56);
    entry.writeUInt32LE(labels[i]?.length ?? NO_LABEL, 60);
    labelAt += labels[i]?.length ?? 0;
    return entry;
  });
  const vectors = Buffer.from(Float32Array.from(rows.flatMap(({ vector }) => vector)).buffer);
  return Buffer.concat([header, ...entries, ...labels.map((label) => label ?? Buffer.alloc(0)), count, ...names, vectors]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
