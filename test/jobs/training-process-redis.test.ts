import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import { modelTag } from '../../src/core/ids.js';
import { createTrainingRunner } from '../../src/jobs/training-runner.js';
import type { TrainingTask } from '../../src/jobs/training-task.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { createRedisLedger } from '../../src/ledger/redis/redis-ledger.js';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { syntheticWindow } from '../support/experts-synthetic.js';
import { windowItems, windowReply } from '../support/jobs-window.js';
import { SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';
import { clientOf } from '../support/redis-ledger-reading.js';
import { startRedis } from '../support/redis-server.js';

const entry = new URL('../../src/entries/training-process.js', import.meta.url);
const CLASSES = ['0', '1', '2', '3'];
const KEY = { model: 'm', version: 1, digest: 'digest' };

const server = await startRedis(t);
const ledger = createRedisLedger(await clientOf(t, server));
const { window, behaviour } = syntheticWindow({ rows: 1300, inputWidth: 8, classes: 4, seed: 3, separation: 0.8 });
// Each row is a reply of its own, as rows of one reply are of one moment.
const ids = Array.from({ length: window.rows }, (_, i) => `${modelTag(KEY.model)}_01ARZ3NDEKTSV4RRFFQ69G5${String(i).padStart(3, '0')}`);
const rows = new Int32Array(window.rows);

async function write(to: Pick<Ledger, 'append' | 'record'>): Promise<void> {
  await to.append({ ...windowReply(KEY, window, CLASSES), ids, rows });
  await to.record(windowItems(KEY, window, CLASSES).map((item, i) => ({ ...item, id: ids[i] ?? '', row: 0 })));
}
await write(ledger);

function run(change: Partial<TrainingTask> = {}) {
  const { inputWidth, width } = window;
  const limits = { maxRows: 1000, maxStoredRows: 10_000, maxUnlabelledRows: 200, labelFreeFrom: null, startedAt: 2_000_000, seed: 1 };
  const store = { kind: 'redis', url: server.url, prefix: 'metaerr' } as const;
  const task = { store, key: KEY, featureSchema: 'schema-1', inputWidth, width, behaviour, labels: CLASSES, ...limits, champion: null, attempt: 1, until: null, ...change };
  const runner = createTrainingRunner({ entry, clock: systemClock, nice: 10 });
  return runner.run(task, { signal: new AbortController().signal, timeoutMilliseconds: 120_000, progress: () => undefined });
}

await t.test('the training process reads the newest rows of the ledger in Redis and returns a meta-model', async (t) => {
  const result = await run();
  t.equal(result.verdict, 'promote', result.reason);
  t.match(result.training, { rows: 1000, from: window.createdAt[300], to: window.createdAt[1299], seed: 1 });
  t.match(result.reason, /of the cold start on the newest 200 labelled rows/);
  t.ok(result.onnx !== null && result.onnx.byteLength > 0);
});

await t.test('it trains to the same bytes as from SQLite', async (t) => {
  const dataDir = temporaryFolder(t);
  const client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
  t.teardown(() => client.close());
  await write(createSqliteLedger(client));
  const [redis, sqlite] = [await run(), await run({ store: { kind: 'sqlite', dataDir } })];
  t.ok(Buffer.compare(redis.onnx ?? new Uint8Array(1), sqlite.onnx ?? new Uint8Array(2)) === 0);
});

await t.test('a key without labels has too few', async (t) => {
  t.match(await run({ key: { ...KEY, version: 2 } }), { verdict: 'too_few', onnx: null, training: { rows: 0 } });
});

await t.test('what is wrong with the address is told', (t) =>
  t.rejects(run({ store: { kind: 'redis', url: `${server.url}?unknown=1`, prefix: 'metaerr' } }), { message: /REDIS_URL has an unknown parameter/ }));
