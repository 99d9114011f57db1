import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { modelTag, predictionIdFactory } from '../src/core/ids.js';
import { createLogger } from '../src/core/logger.js';
import type { ModelKey, PredictionBatch } from '../src/ledger/ledger.js';
import { RedisClient } from '../src/ledger/redis/client.js';
import { createRedisLedger } from '../src/ledger/redis/redis-ledger.js';
import { startRedis } from '../test/support/redis-server.js';
import { median } from './median.js';

/**
 * Rows a second into a real redis-server with `appendfsync always`, 64 features a row, beside a bare ioredis pipeline that writes the same
 * bytes: one SET for each reply, of its stored value, under its stored key; no indexes, no script, no check. Both send a batch, wait
 * for its replies and send the next; rounds alternate, each on an empty database; the median counts.
 * Then the memory that Redis takes for a labelled row: one row a reply, one ground truth a row.
 * `node dist/bench/ledger-redis.js [rows a round=32768] [rounds=7] [labelled rows=50000]`
 */
const [ROWS = 32_768, ROUNDS = 7, LABELLED = 50_000] = process.argv.slice(2).map(Number);
const WIDTH = 64;
const BATCH_ROWS = 1_024;
const KEY: ModelKey = { model: 'bench', version: 1, digest: 'd'.repeat(64) };

const teardowns: (() => Promise<void> | void)[] = [];
const server = await startRedis({ teardown: (close) => teardowns.push(close) });
const client = new RedisClient({ url: server.url, prefix: 'metaerr', name: 'bench', timeoutMilliseconds: 60_000, logger: createLogger('silent') });
await client.whenConnected(10_000);
const ledger = createRedisLedger(client);
const redis = client.commands as Redis;
const nextId = predictionIdFactory();

for (const replyRows of [1, 32]) await compare(replyRows);
await measureMemory();
await client.close();
for (const close of teardowns) await close();

async function compare(replyRows: number): Promise<void> {
  const rates = { ledger: [] as number[], bare: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    const batches = Array.from({ length: ROWS / BATCH_ROWS }, () => batchOf(BATCH_ROWS, replyRows));
    const mine = await timed(async () => {
      for (const batch of batches) await ledger.append(batch);
    });
    const values = await Promise.all(batches.map(storedValues));
    await redis.flushall();
    const bare = await timed(async () => {
      for (const batch of values) {
        const pipeline = redis.pipeline();
        for (const [key, value] of batch) pipeline.set(key, value);
        await pipeline.exec();
      }
    });
    await redis.flushall();
    // The first round warms up.
    if (round < 0) continue;
    rates.ledger.push(mine);
    rates.bare.push(bare);
  }
  const [mine, bare] = [median(rates.ledger), median(rates.bare)];
  console.log(`replies of ${String(replyRows).padStart(2)}: ledger ${whole(mine)} rows/s, bare pipeline ${whole(bare)} rows/s, ratio ${(mine / bare).toFixed(2)} (rounds: ${rates.ledger.map((rate, i) => (rate / (rates.bare[i] ?? NaN)).toFixed(2)).join(' ')})`);
}

/** Rows a second. */
async function timed(write: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await write();
  return (1000 * ROWS) / (performance.now() - begin);
}

/** What the ledger has written of a batch: key and value of each reply. */
async function storedValues(batch: PredictionBatch): Promise<[string, Buffer][]> {
  const keys = [...new Set(batch.ids)].map((id) => `${client.keyBase(modelTag(KEY.model))}p:${id}`);
  const values = await redis.mgetBuffer(keys);
  return keys.map((key, i) => [key, values[i] ?? Buffer.alloc(0)]);
}

async function measureMemory(): Promise<void> {
  await redis.flushall();
  const usedBefore = await usedMemory();
  const ids: string[] = [];
  for (let written = 0; written < LABELLED; written += BATCH_ROWS) {
    const batch = batchOf(BATCH_ROWS, 1);
    ids.push(...batch.ids);
    await ledger.append(batch);
  }
  const usedUnlabelled = await usedMemory();
  for (let i = 0; i < ids.length; i += BATCH_ROWS) {
    await ledger.record(ids.slice(i, i + BATCH_ROWS).map((id) => ({ id, row: null, kind: 'label', value: '7', observedAt: Date.now(), receivedAt: Date.now(), source: null, choice: 0 })));
  }
  const usedLabelled = await usedMemory();
  const each = (bytes: number) => Math.round(bytes / ids.length);
  console.log(`memory of ${ids.length} rows, ${WIDTH} features, 1 row a reply (INFO used_memory): ${each(usedUnlabelled - usedBefore)} bytes a row, ${each(usedLabelled - usedBefore)} bytes a labelled row`);
  const base = client.keyBase(modelTag(KEY.model));
  const [id = ''] = ids;
  const usage = async (key: string) => Number(await redis.call('MEMORY', 'USAGE', `${base}${key}`, 'SAMPLES', '0'));
  const sizes = await Promise.all([`p:${id}`, `t:${id}`, 'x:1', 'l:2'].map(usage));
  console.log(`  of these (MEMORY USAGE): reply ${sizes[0]}, ground truth ${sizes[1]}, place in the index by time ${each(sizes[2] ?? NaN)}, in that of labelled rows ${each(sizes[3] ?? NaN)}`);
}

/** Bytes, once nothing is under way. */
async function usedMemory(): Promise<number> {
  await pause(1_500);
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

function batchOf(rows: number, replyRows: number): PredictionBatch {
  const now = Date.now();
  const replies = Array.from({ length: rows / replyRows }, () => nextId(modelTag(KEY.model), now));
  return {
    key: KEY,
    task: 'classification',
    featureSchema: 's'.repeat(64),
    featureWidth: WIDTH,
    ids: Array.from({ length: rows }, (_, i) => replies[Math.floor(i / replyRows)] ?? ''),
    rows: Int32Array.from({ length: rows }, (_, i) => i % replyRows),
    createdAt: new Float64Array(rows).fill(now),
    features: Float32Array.from({ length: rows * WIDTH }, () => Math.random()),
    labels: Array.from({ length: rows }, (_, i) => String(i % 10)),
    classes: Int32Array.from({ length: rows }, (_, i) => i % 10),
    values: new Float64Array(rows).fill(NaN),
    tolerances: new Float64Array(rows).fill(NaN),
    confidences: Float64Array.from({ length: rows }, () => Math.random()),
    coldStartProbabilities: Float64Array.from({ length: rows }, () => Math.random()),
    failureProbabilities: Float64Array.from({ length: rows }, () => Math.random()),
    reviews: new Uint8Array(rows),
    audits: new Uint8Array(rows),
    choices: new Uint16Array(rows),
    metaVersions: new Int32Array(rows).fill(1),
    statuses: new Uint8Array(rows),
    inputs: new Array<null>(rows).fill(null),
    callers: [],
  };
}

function whole(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
