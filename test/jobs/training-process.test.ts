import t from 'tap';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/core/clock.js';
import { JobCancelled } from '../../src/jobs/abort.js';
import { createTrainingRunner } from '../../src/jobs/training-runner.js';
import type { TrainingTask } from '../../src/jobs/training-task.js';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { scoreWindow } from '../../src/meta/fit/score-window.js';
import { syntheticWindow } from '../support/experts-synthetic.js';
import { windowItems, windowReply } from '../support/jobs-window.js';

const entry = new URL('../../src/entries/training-process.js', import.meta.url);
const threadUrl = new URL('../../src/entries/sqlite-thread.js', import.meta.url);
const CLASSES = ['0', '1', '2', '3'];
const KEY = { model: 'm', version: 1, digest: 'digest' };

const dataDir = mkdtempSync(join(tmpdir(), 'metaerr-training-'));
const client = await openSqliteClient({ dataDir, threadUrl });
const ledger = createSqliteLedger(client);
t.teardown(async () => {
  await client.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const { window, behaviour } = syntheticWindow({ rows: 1300, inputWidth: 8, classes: 4, seed: 3, separation: 0.8 });
await ledger.append(windowReply(KEY, window, CLASSES));
await ledger.record(windowItems(KEY, window, CLASSES));

function task(change: Partial<TrainingTask> = {}): TrainingTask {
  const { inputWidth, width } = window;
  const limits = { maxRows: 1000, maxStoredRows: 10_000, maxUnlabelledRows: 200, labelFreeFrom: null, startedAt: 2_000_000, seed: 1 };
  return { store: { kind: 'sqlite', dataDir }, key: KEY, featureSchema: 'schema-1', inputWidth, width, behaviour, labels: CLASSES, ...limits, champion: null, attempt: 1, until: null, ...change };
}

function run(change: Partial<TrainingTask> = {}, signal = new AbortController().signal, progress: (step: string) => void = () => undefined) {
  const runner = createTrainingRunner({ entry, clock: systemClock, nice: 10 });
  return runner.run(task(change), { signal, timeoutMilliseconds: 120_000, progress: ({ step }) => progress(step) });
}

await t.test('it reads the ledger beside the server and returns a meta-model that works', async (t) => {
  const steps = new Set<string>();
  const first = await run({}, undefined, (step) => steps.add(step));
  t.equal(first.verdict, 'promote', first.reason);
  t.match(first.training, { rows: 1000, from: window.createdAt[300], to: window.createdAt[1299], seed: 1 });
  t.match(first.reason, /of the cold start on the newest 200 labelled rows/);
  const expected = ['reading', 'reading unlabelled', 'training anchor', 'training nearest class', 'training logistic regression', 'training second opinion', 'evaluating', 'refit: training second opinion'];
  t.same([...steps].filter((step) => expected.includes(step)), expected, 'in this order');

  const scores = await scoreWindow(first.onnx ?? new Uint8Array(), window);
  const unseen = summarize(scores.subarray(0, 300), window.failures.subarray(0, 300));
  const coldStart = summarize(window.coldStartProbabilities.subarray(0, 300), window.failures.subarray(0, 300));
  t.ok((unseen.log_loss ?? 9) < (coldStart.log_loss ?? 0), `log loss ${unseen.log_loss} of rows it has not seen, cold start ${coldStart.log_loss}`);

  // As if it had not seen these labels: a champion that knows them cannot be beaten by a challenger that does not.
  const second = await run({ champion: { onnx: first.onnx ?? new Uint8Array(), trainedTo: 0, rows: 1500 } });
  t.match(second, { verdict: 'keep', reason: /of the champion on the newest 200 labelled rows/ });
});

await t.test('labels that are visibly selected promote nothing by themselves', async (t) => {
  const key = { ...KEY, model: 'selected' };
  const middle = window.coldStartProbabilities.slice().sort()[650] ?? 0;
  await ledger.append(windowReply(key, window, CLASSES));
  await ledger.record(windowItems(key, window, CLASSES).filter((_, row) => (window.coldStartProbabilities[row] ?? 0) > middle));
  const result = await run({ key });
  t.match(result, { verdict: 'keep', way: null, reason: /^not promoted by itself, for the labelled rows are visibly selected: / });
  t.ok(result.onnx !== null, 'a person may promote it');
});

await t.test('it learns from the newest predictions without a ground truth too, as many as the task says', async (t) => {
  const key = { ...KEY, model: 'partly' };
  await ledger.append(windowReply(key, window, CLASSES));
  await ledger.record(windowItems(key, window, CLASSES).slice(0, 200));
  t.match((await run({ key, maxUnlabelledRows: 300 })).diagnostics, { rows: 200, unlabelledRows: 300 });
  t.match((await run({ key, maxUnlabelledRows: 0 })).diagnostics, { rows: 200, unlabelledRows: 0 });
});

await t.test('a key without labels has too few', async (t) => {
  const result = await run({ key: { ...KEY, version: 2 } });
  t.match(result, { verdict: 'too_few', onnx: null, training: { rows: 0 } });
});

await t.test('a data folder that is not there is told', (t) => t.rejects(run({ store: { kind: 'sqlite', dataDir: join(dataDir, 'absent') } }), { message: /absent/ }));

await t.test('cancel in the middle of a fit', async (t) => {
  const controller = new AbortController();
  const running = run({}, controller.signal, (step) => {
    if (step !== 'reading') controller.abort(new JobCancelled());
  });
  await t.rejects(running, JobCancelled);
});

await t.test('the process ends when its parent is gone', async (t) => {
  const child = fork(fileURLToPath(entry), { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send(task());
  await once(child, 'message');
  child.disconnect();
  t.same(await once(child, 'exit'), [null, 'SIGKILL']);
});

await t.test('started by hand it says what it is', async (t) => {
  const child = spawn(process.execPath, [fileURLToPath(entry)], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  const [text, exit] = await Promise.all([once(child.stderr.setEncoding('utf8'), 'data'), once(child, 'exit')]);
  t.match(text, [/started by the server/]);
  t.same(exit, [1, null]);
});
