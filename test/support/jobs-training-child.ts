/** A training process that behaves as the model name of its task says; for the tests of its parent. */
import { getPriority } from 'node:os';
import { MetaErrError } from '../../src/core/errors.js';
import { failureOf, type TrainingMessage, type TrainingTask } from '../../src/jobs/training-task.js';

function tell(message: TrainingMessage): void {
  process.send?.(message);
}

function describe(task: TrainingTask): void {
  const sum = (task.champion?.onnx ?? new Uint8Array()).reduce((total, byte) => total + byte, 0);
  const reason = JSON.stringify({ sum, env: Object.keys(process.env).sort(), execArgv: process.execArgv, nice: getPriority() });
  tell({ kind: 'progress', progress: { step: 'reading', done: 1, total: 2 } });
  const training = { rows: task.maxRows, failures: 3, from: 1, to: 2, seed: task.seed };
  tell({ kind: 'result', result: { verdict: 'promote', way: 'better', tested: true, reason, onnx: new Uint8Array(1_000_000).fill(7), metrics: null, training, diagnostics: null, labelSequence: 0, labelFree: null } });
}

const behaviours: Readonly<Record<string, (task: TrainingTask) => void>> = {
  describe,
  idle: () => tell({ kind: 'progress', progress: { step: 'pid', done: process.pid, total: 0 } }),
  spin: () => {
    tell({ kind: 'progress', progress: { step: 'pid', done: process.pid, total: 0 } });
    setImmediate(() => {
      for (;;);
    });
  },
  failure: () => tell(failureOf(new Error('the ledger has no such key'))),
  away: () => tell(failureOf(new MetaErrError('LEDGER_UNAVAILABLE', 'Redis cannot be used now', { retryAfterSeconds: 2 }))),
  corrupt: () => tell(failureOf(new MetaErrError('LEDGER_UNAVAILABLE', 'the ledger is of no use'))),
  crash: () => {
    throw new Error('a defect of the training');
  },
  abort: () => process.abort(),
  quiet: () => setImmediate(() => process.disconnect()),
};

process.once('message', (task: TrainingTask) => behaviours[task.key.model]?.(task));
// Stays alive until it is killed, also without a parent that talks to it.
const alive = setInterval(() => undefined, 60_000);
process.once('disconnect', () => clearInterval(alive));
