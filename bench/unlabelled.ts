import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelTag, predictionIdFactory } from '../src/core/ids.js';
import { createLogger } from '../src/core/logger.js';
import { DEFAULT_UNLABELLED_ROWS } from '../src/inference/config/file-schema.js';
import { readUnlabelled } from '../src/jobs/read-unlabelled.js';
import type { Ledger, ModelKey, PredictionBatch } from '../src/ledger/ledger.js';
import { RedisClient } from '../src/ledger/redis/client.js';
import { createRedisLedger } from '../src/ledger/redis/redis-ledger.js';
import { openSqliteClient } from '../src/ledger/sqlite/client.js';
import { openDirectLedger } from '../src/ledger/sqlite/direct-ledger.js';
import { createSqliteLedger } from '../src/ledger/sqlite/threaded-ledger.js';
import { SQLITE_THREAD } from '../test/support/ledger-data.js';
import { startRedis } from '../test/support/redis-server.js';
import { countingScan } from '../test/support/counting-scan.js';

/**
 * How long a training takes to read the newest rows without a ground truth, 110 features each, from a large ledger; one row in `labelled` has a
 * ground truth. Three streams: even, 10 rows a second; all rows in a burst of one second a day ago; nine of ten rows with a ground truth.
 * `node dist/bench/unlabelled.js [rows in SQLite=200000] [rows in Redis=100000] [wanted: as many as the service reads]`
 */
const [SQLITE_ROWS = 200_000, REDIS_ROWS = 100_000, WANTED = DEFAULT_UNLABELLED_ROWS] = process.argv.slice(2).map(Number);
const WIDTH = 110;
const BATCH_ROWS = 1_000;
const NOW = Date.now();
const DAY = 86_400_000;
const nextId = predictionIdFactory();

interface Stream {
  readonly name: string;
  readonly timeOf: (row: number, rows: number) => number;
  readonly labelled: (row: number) => boolean;
}

const STREAMS: readonly Stream[] = [
  { name: '10 rows a second, one in ten labelled', timeOf: (row, rows) => NOW - (rows - row) * 100, labelled: (row) => row % 10 === 0 },
  { name: 'all in one second a day ago, one in ten labelled', timeOf: (row, rows) => NOW - DAY + Math.floor((1_000 * row) / rows), labelled: (row) => row % 10 === 0 },
  { name: '10 rows a second, nine in ten labelled', timeOf: (row, rows) => NOW - (rows - row) * 100, labelled: (row) => row % 10 !== 0 },
];

for (const stream of STREAMS) {
  await withSqlite(stream);
  await withRedis(stream);
}

async function withSqlite(stream: Stream): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'metaerr-bench-'));
  const client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
  const key = await fill(createSqliteLedger(client), SQLITE_ROWS, stream);
  const reading = openDirectLedger(dataDir);
  await measure('SQLite', reading, key, SQLITE_ROWS, stream);
  await reading.close();
  await client.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function withRedis(stream: Stream): Promise<void> {
  const teardowns: (() => Promise<void> | void)[] = [];
  const server = await startRedis({ teardown: (close) => teardowns.push(close) });
  const client = new RedisClient({ url: server.url, prefix: 'metaerr', name: 'bench', timeoutMilliseconds: 60_000, logger: createLogger('silent') });
  await client.whenConnected(10_000);
  const ledger = createRedisLedger(client);
  await measure('Redis', ledger, await fill(ledger, REDIS_ROWS, stream), REDIS_ROWS, stream);
  await client.close();
  for (const close of teardowns) await close();
}

async function measure(store: string, ledger: Ledger, key: ModelKey, rows: number, { name }: Stream): Promise<void> {
  const { counting, seen } = countingScan(ledger);
  const begin = performance.now();
  const found = await readUnlabelled(counting, { key, featureSchema: 's'.repeat(16), before: NOW, newest: WANTED }, WIDTH, () => undefined);
  const spent = performance.now() - begin;
  console.log(`${store}, ${rows} rows, ${name}: ${found?.rows ?? 0} rows in ${Math.round(spent)} ms; ${seen.rows} rows came in ${seen.scans} scans`);
}

async function fill(ledger: Ledger, rows: number, { timeOf, labelled }: Stream): Promise<ModelKey> {
  const key: ModelKey = { model: 'bench', version: 1, digest: 'd'.repeat(64) };
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows - from);
    const batch = batchOf(key, Float64Array.from({ length: count }, (_, i) => timeOf(from + i, rows)));
    await ledger.append(batch);
    const items = batch.ids.filter((_, i) => labelled(from + i)).map((id) => ({ id, row: null, kind: 'label', value: '7', observedAt: NOW, receivedAt: NOW, source: null, choice: 0 }) as const);
    await ledger.record(items);
  }
  return key;
}

/** One row a reply. */
function batchOf(key: ModelKey, createdAt: Float64Array): PredictionBatch {
  const rows = createdAt.length;
  const filled = (value: number) => new Float64Array(rows).fill(value);
  return {
    key,
    task: 'classification',
    featureSchema: 's'.repeat(16),
    featureWidth: WIDTH,
    ids: Array.from(createdAt, (time) => nextId(modelTag(key.model), time)),
    rows: new Int32Array(rows),
    createdAt,
    features: Float32Array.from({ length: rows * WIDTH }, () => Math.random()),
    labels: new Array<string>(rows).fill('7'),
    classes: new Int32Array(rows).fill(7),
    values: filled(NaN),
    tolerances: filled(NaN),
    confidences: filled(0.75),
    coldStartProbabilities: filled(0.25),
    failureProbabilities: filled(0.25),
    reviews: new Uint8Array(rows),
    metaVersions: new Int32Array(rows),
    statuses: new Uint8Array(rows),
    audits: new Uint8Array(rows),
    choices: new Uint16Array(rows),
    inputs: new Array<null>(rows).fill(null),
    callers: [],
  };
}
