import { request } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import type { GroundTruthTally, GroundTruthUseCase } from '../../src/jobs/contracts.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { System } from '../../src/system.js';
import { startApp, temporaryFolder, writeModels } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { startServer } from '../support/http-process.js';
import { cutAnywhere, listen, postStream, postThenRead, textOf } from '../support/http-stream.js';
import { batchOf, keyOf, newId } from '../support/ledger-data.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}
type TallyBody = GroundTruthTally & { readonly invalid_total?: number };

const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };
const KEY = { model: 'm', version: 1, digest: 'd' };
const PATH = '/v1/ground-truth';

const line = (item: object): string => `${JSON.stringify(item)}\n`;
const inject = (payload: string, type = 'application/x-ndjson') => ({ method: 'POST', url: PATH, headers: { 'content-type': type }, payload }) as const;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use: what only waits for the collector says more of the machine's load than of the code. */
function memoryHeld(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function appendReplies(system: System, replies: number, rows: number): Promise<string[]> {
  const ids = Array.from({ length: replies }, () => newId('m'));
  const { key } = system.catalogue.loaded('m');
  for (const id of ids) await system.ledger.append(batchOf({ key, replies: [{ id, rows }] }));
  return ids;
}

t.test('100,000 lines cut anywhere: faults at their lines, all others stored, memory bounded', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS, env: { METAERR_BODY_LIMIT_MEBIBYTES: '1' } });
  const url = await listen(app);
  const ids = await appendReplies(system, 100, 1_000);
  const odd = new Map([
    [10, 'no JSON\n'],
    [5_000, line({ prediction_id: ids[0], row: 1, labell: '9' })],
    [5_001, line([{ prediction_id: ids[0], row: 1, label: '9' }])],
    [50_000, ' \r\n'],
    [60_001, `"${'x'.repeat(70_000)}"\n`],
    [77_777, line({ prediction_id: ids[77], row: 1_000, label: '9' })],
  ]);
  // So long that all of it would show in the memory of the process.
  const padding = ' '.repeat(3_000);
  function* lines(): Generator<string> {
    for (let i = 1; i <= 100_000; i++) {
      const item = { prediction_id: ids[Math.floor((i - 1) / 1_000)], row: (i - 1) % 1_000, label: i % 4 === 0 ? 'é' : '9' };
      yield odd.get(i) ?? `${padding}${line(item)}`;
    }
  }
  const random = createRandom(7);
  const before = memoryHeld();
  let most = 0;
  let pieces = 0;
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const bytes of cutAnywhere(lines(), () => 1 + Math.floor(random.uniform() * 120_000))) {
      if (pieces++ % 250 === 0) most = Math.max(most, memoryHeld() - before);
      yield bytes;
    }
  }
  const { status, body } = await postStream<TallyBody>(`${url}${PATH}`, watched());
  t.equal(status, 200);
  t.same(body, {
    lines: 99_999,
    counts: { matched: 99_994, invalid: 5 },
    unknown_labels: { total: 99_994, examples: ['9', 'é'] },
    invalid: [
      { line: 10, reason: 'the line is not valid JSON' },
      { line: 5_000, reason: 'unknown field labell' },
      { line: 5_001, reason: 'the line must be object' },
      { line: 60_001, reason: 'the line is longer than 65536 bytes' },
      { line: 77_777, reason: 'row_out_of_range' },
    ],
  });
  t.ok(pieces > 2_500, 'memory was looked at more than ten times');
  t.ok(most < 100 << 20, `the process held ${most >> 20} MiB more while it read 300`);
  const counts = await system.ledger.counts({ model: 'm', version: null, from: null, to: null });
  // Of every fourth row, line 5,000 was invalid and line 50,000 blank.
  t.match(counts, { predictions: 100_000, labelled: 99_994, failures: 25_000 - 2 });
});

t.test('the reasons are in words, also of a field with several types; the first hundred are listed', async (t) => {
  const { call, system } = await startApp(t, { models: MODELS });
  const [id = ''] = await appendReplies(system, 1, 1);
  await system.ledger.append({ ...batchOf({ key: KEY, replies: [{ id: newId('m'), caller: 'order-1' }] }) });
  const payload = [
    line({ prediction_id: id, label: null }),
    line({ prediction_id: id, label: '9', row: '0' }),
    line({ prediction_id: id, label: '9', row: -1 }),
    line({ prediction_id: id, label: '9', observed_at: 'yesterday' }),
    '{"prediction_id": "x", "label": "9", "__proto__": {"row": 1}}\n',
    line({ model: 'm', id: 'order-1', correct: true }),
    line({ model: 'm', id: 'order-2', correct: true }),
    line({ prediction_id: id, label: '9' }),
    line({ prediction_id: id, label: '9' }),
  ].join('\r\n');
  const { status, body } = await call<TallyBody>(inject(payload, 'application/x-ndjson; charset=utf-8'));
  t.equal(status, 200);
  t.same(body.counts, { invalid: 5, matched: 2, pending: 1, duplicate: 1 });
  t.same(body.invalid.map(({ line: number, reason }) => `${number} ${reason}`), [
    '1 label must be string or must be number or must be boolean',
    '3 row must be integer',
    '5 row must be >= 0',
    '7 observed_at must match format "date-time"',
    '9 unknown field __proto__',
  ]);
  t.match((await call<TallyBody>(inject('x\n'.repeat(101)))).body, { lines: 101, invalid: { length: 100 }, invalid_total: 101 });
  t.same((await call<TallyBody>(inject(''))).body, { lines: 0, counts: {}, invalid: [] });
  t.equal((await system.ledger.record([{ id: keyOf('m', 'order-1'), row: null, kind: 'correct', value: 'true', observedAt: 1, receivedAt: 1, source: null, choice: 0 }])).results[0]?.status, 'duplicate');
});

t.test('labels that are no class of the model are told, in both forms', async (t) => {
  const { call, system } = await startApp(t, { models: { m: { onnx: linearClassifier(4, 3), yaml: 'labels: [cat, dog, fox]\nretraining: { automatic: false }\n' } } });
  const { key } = system.catalogue.loaded('m');
  const ids = Array.from({ length: 3 }, () => newId('m'));
  for (const id of ids) await system.ledger.append(batchOf({ key, replies: [{ id, label: 'cat' }] }));
  const items = [{ prediction_id: ids[0], label: 'Cat' }, { prediction_id: ids[1], label: 'cat' }, { prediction_id: ids[2], label: 1 }, { prediction_id: ids[2], row: 9, label: 'Cat' }];
  const json = await call<object>(inject(JSON.stringify({ items }), 'application/json'));
  t.same(json.body, {
    counts: { matched: 3, invalid: 1 },
    unknown_labels: { total: 2, examples: ['Cat', '1'] },
    results: [{ status: 'matched', unknown_label: true }, { status: 'matched' }, { status: 'matched', unknown_label: true }, { status: 'invalid', reason: 'row_out_of_range' }],
  });
  t.match((await call<object>(inject(items.map(line).join('')))).body, { counts: { duplicate: 3 }, unknown_labels: { total: 2, examples: ['Cat', '1'] } });
  t.notMatch((await call<object>(inject(line({ prediction_id: ids[1], label: 'cat' })))).body, { unknown_labels: {} });
  t.match((await call<object>({ method: 'GET', url: '/v1/models/m/report' })).body, { labels: { unknown_labels: { total: 2, examples: ['Cat', '1'] } } });
});

t.test('only this route reads NDJSON, and a body it must have', async (t) => {
  const { call } = await startApp(t, { models: MODELS });
  t.match(await call<ErrorBody>({ ...inject('{}\n'), url: '/v1/models/m/predict' }), { status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } });
  t.match(await call<ErrorBody>({ method: 'POST', url: PATH }), { status: 400, body: { error: { code: 'INVALID_REQUEST', message: /ndjson/ } } });
  t.match(await call<ErrorBody>(inject('', 'application/json')), { status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
  t.match(await call<ErrorBody>(inject('a', 'text/plain')), { status: 415 });
});

t.test('a client that goes away stops the work', async (t) => {
  let submitted: Promise<GroundTruthTally> | null = null;
  const watch = ({ groundTruth }: System): { groundTruth: GroundTruthUseCase } => ({
    groundTruth: { submit: (items) => groundTruth.submit(items), submitStream: (chunks) => (submitted = groundTruth.submitStream(chunks)) },
  });
  const { app, system } = await startApp(t, { models: MODELS, services: watch });
  const outgoing = request(`${await listen(app)}${PATH}`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  outgoing.on('error', () => undefined);
  outgoing.write(line({ model: 'm', id: 'a', correct: true }).repeat(2_500));
  const pending = async () => (await system.ledger.counts({ model: 'm', version: null, from: null, to: null })).pending;
  while ((await pending()) === 0) await new Promise(setImmediate);
  outgoing.destroy();
  await t.rejects(submitted ?? Promise.resolve(), { code: 'INVALID_REQUEST', message: /broke off.*Everything up to line 2000 is stored/ });
  t.equal(await pending(), 2_000);
});

t.test('closing does not wait for a stream that goes on: it is told how far it came', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS });
  const outgoing = request(`${await listen(app)}${PATH}`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  const answered = new Promise<string>((resolve, reject) => outgoing.once('error', reject).once('response', (reply) => void textOf(reply).then(resolve, reject)));
  outgoing.write(line({ model: 'm', id: 'a', correct: true }).repeat(2_500));
  while ((await system.ledger.counts({ model: 'm', version: null, from: null, to: null })).pending === 0) await new Promise(setImmediate);
  const closed = app.close();
  t.match(JSON.parse(await answered), { error: { code: 'SHUTTING_DOWN', message: /Everything up to line 2000 is stored/ } });
  await closed;
});

t.test('a failure in the middle reaches a client that sends everything first', async (t) => {
  const fails = ({ groundTruth }: System): { groundTruth: GroundTruthUseCase } => ({
    groundTruth: {
      submit: (items) => groundTruth.submit(items),
      submitStream: async (chunks) => {
        for await (const { length } of chunks) throw new MetaErrError('LEDGER_UNAVAILABLE', `full before ${length} lines`);
        return groundTruth.submitStream(chunks);
      },
    },
  });
  const { app } = await startApp(t, { models: MODELS, services: fails });
  const reply = await postThenRead(`${await listen(app)}${PATH}`, Buffer.from(line({ model: 'm', id: 'a', correct: true }).repeat(400_000)));
  t.match(reply, /^HTTP\/1\.1 503 [^]*full before 2000 lines/);
});

t.test('a disk that becomes full: 503, and everything up to the line that it names is stored', async (t) => {
  const folder = temporaryFolder(t);
  const options = { modelRepository: writeModels(folder, MODELS), dataDir: join(folder, 'data') };
  const server = await startServer({ ...options, fileLimitKibibytes: 12 * 1024 });
  function* lines(): Generator<string> {
    for (let i = 1; i <= 40_000; i++) yield line({ model: 'm', id: `order-${i}`, label: 'x'.repeat(1_000) });
  }
  const { status, body } = await postStream<ErrorBody>(`${server.url}${PATH}`, cutAnywhere(lines(), () => 50_000));
  t.equal(status, 503);
  t.equal(body.error.code, 'LEDGER_UNAVAILABLE');
  const stored = Number(/Everything up to line (\d+) is stored/.exec(body.error.message)?.[1]);
  t.ok(stored > 0 && stored < 40_000, body.error.message);
  server.child.kill('SIGKILL');
  await server.ended;

  const again = await startServer(options);
  const report = async () => (await again.get<{ rows: { pending: number } }>('/v1/models/m/report')).body.rows;
  t.equal((await report()).pending, stored, 'that many lines, and none of those that were sent with the next one');
  again.child.kill('SIGTERM');
  await again.ended;
});
