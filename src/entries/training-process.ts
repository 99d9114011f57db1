/**
 * The training process. It gets one task by IPC, reads the ledger itself, and sends progress and the result. It never calls
 * process.exit: the engine aborts the process when that comes during a run. Its parent kills it; when the parent is
 * gone it kills itself.
 */
import { runTraining } from '../jobs/run-training.js';
import { failureOf, type TrainingMessage, type TrainingTask } from '../jobs/training-task.js';
import type { Ledger } from '../ledger/ledger.js';
import { openRedisLedger } from '../ledger/redis/direct-ledger.js';
import { openDirectLedger } from '../ledger/sqlite/direct-ledger.js';
import type { StoreAddress } from '../ledger/store-address.js';

function tell(message: TrainingMessage): void {
  // Fails only when the parent is gone; 'disconnect' ends this process then.
  process.send?.(message, undefined, undefined, () => undefined);
}

function openLedger(store: StoreAddress): Ledger {
  return store.kind === 'sqlite' ? openDirectLedger(store.dataDir) : openRedisLedger(store);
}

async function train(task: TrainingTask): Promise<void> {
  try {
    const ledger = openLedger(task.store);
    try {
      const result = await runTraining(task, ledger, (progress) => tell({ kind: 'progress', progress }));
      tell({ kind: 'result', result });
    } finally {
      await ledger.close();
    }
  } catch (error) {
    tell(failureOf(error));
  }
}

if (process.send === undefined) {
  process.stderr.write('this file is started by the server or a worker, with a task\n');
  process.exitCode = 1;
} else {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.once('message', (task) => void train(task as TrainingTask));
}
