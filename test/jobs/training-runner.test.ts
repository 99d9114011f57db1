import t from 'tap';
import { getPriority } from 'node:os';
import { systemClock } from '../../src/core/clock.js';
import type { Clock } from '../../src/core/clock.js';
import { MetaErrError } from '../../src/core/errors.js';
import { JobCancelled } from '../../src/jobs/abort.js';
import { createTrainingRunner } from '../../src/jobs/training-runner.js';
import type { TrainingTask } from '../../src/jobs/training-task.js';
import type { TrainingProgress } from '../../src/meta/training/window.js';
import { ManualClock } from '../support/manual-clock.js';

const entry = new URL('../support/jobs-training-child.js', import.meta.url);

function task(behaviour: string): TrainingTask {
  return {
    store: { kind: 'sqlite', dataDir: '/nowhere' },
    key: { model: behaviour, version: 1, digest: 'd' },
    featureSchema: 's',
    inputWidth: 1,
    width: 1,
    behaviour: { kind: 'none' },
    labels: null,
    maxRows: 11,
    maxStoredRows: 11,
    maxUnlabelledRows: 11, labelFreeFrom: null,
    startedAt: 0,
    seed: 5,
    champion: { onnx: new Uint8Array([1, 2, 3]), trainedTo: 0, rows: 1 },
    attempt: 1,
    until: null,
  };
}

interface Options {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: TrainingProgress) => void;
}

function run(behaviour: string, { clock = systemClock, signal = new AbortController().signal, progress = () => undefined }: Options = {}) {
  return createTrainingRunner({ entry, clock, nice: 10 }).run(task(behaviour), { signal, timeoutMilliseconds: 60_000, progress });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

await t.test('a result comes back as it was sent, progress before it', async (t) => {
  process.env['METAERR_TEST_SECRET'] = 'secret';
  const seen: TrainingProgress[] = [];
  const result = await run('describe', { progress: (progress) => seen.push(progress) });
  t.same(seen, [{ step: 'reading', done: 1, total: 2 }]);
  t.match(result, { verdict: 'promote', metrics: null, training: { rows: 11, seed: 5 } });
  t.ok(result.onnx instanceof Uint8Array && result.onnx.length === 1_000_000 && result.onnx.every((byte: number) => byte === 7));
  const child = JSON.parse(result.reason) as { sum: number; env: string[]; execArgv: string[]; nice: number };
  t.equal(child.sum, 6, 'the champion arrived');
  t.same(child.execArgv, []);
  t.notOk(child.env.includes('METAERR_TEST_SECRET'));
  t.equal(child.nice, Math.min(19, Math.max(10, getPriority())), 'it runs at lower priority');
});

for (const behaviour of ['idle', 'spin']) {
  await t.test(`cancel kills a process that is ${behaviour === 'idle' ? 'waiting' : 'busy'}`, async (t) => {
    const controller = new AbortController();
    const reason = new JobCancelled();
    let pid = 0;
    const running = run(behaviour, {
      signal: controller.signal,
      progress: ({ done }) => {
        pid = done;
        controller.abort(reason);
      },
    });
    await t.rejects(running, reason);
    t.ok(pid > 0);
    t.notOk(isAlive(pid), 'it is gone when run settles');
  });
}

await t.test('a signal that is aborted already starts nothing', (t) => t.rejects(run('describe', { signal: AbortSignal.abort(new JobCancelled()) }), JobCancelled));

await t.test('the deadline kills it', async (t) => {
  const clock = new ManualClock();
  let pid = 0;
  const running = run('spin', {
    clock,
    progress: ({ done }) => {
      pid = done;
      clock.advance(59_999);
      t.ok(isAlive(pid));
      clock.advance(1);
    },
  });
  await t.rejects(running, { message: 'the training took longer than 60 s and was stopped' });
  t.notOk(isAlive(pid));
  t.equal(clock.timers, 0);
});

await t.test('what goes wrong in the process is told', async (t) => {
  await t.rejects(run('failure'), { message: 'the ledger has no such key' });
  const away = await run('away').catch((error: unknown) => error);
  t.ok(away instanceof MetaErrError);
  t.match(away, { code: 'LEDGER_UNAVAILABLE', message: 'Redis cannot be used now', retryAfterSeconds: 2 });
  const corrupt = await run('corrupt').catch((error: unknown) => error);
  t.ok(corrupt instanceof MetaErrError && corrupt.code === 'LEDGER_UNAVAILABLE' && corrupt.retryAfterSeconds === undefined);
  await t.rejects(run('crash'), { message: /ended by itself \(exit code 1\) without a result: [^]*a defect of the training/ });
  await t.rejects(run('abort'), { message: /ended by itself \(SIGABRT\) without a result/ });
  await t.rejects(run('quiet'), { message: /ended by itself \(exit code 0\) without a result/ });
});

await t.test('an entry that is not there', async (t) => {
  const runner = createTrainingRunner({ entry: new URL('./absent.js', import.meta.url), clock: systemClock, nice: 10 });
  const running = runner.run(task('describe'), { signal: new AbortController().signal, timeoutMilliseconds: 60_000, progress: () => undefined });
  await t.rejects(running, { message: /without a result: [^]*absent\.js/ });
});
