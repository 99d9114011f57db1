import { parentPort, workerData } from 'node:worker_threads';
import { createJobTable } from '../jobs/sqlite/job-table.js';
import { createTrainingMarkTable } from '../jobs/sqlite/training-mark-table.js';
import { createLedgerCore } from '../ledger/sqlite/core.js';
import { openDataFolder } from '../ledger/sqlite/data-folder.js';
import { serve } from '../ledger/sqlite/rpc-server.js';
import { toWire, type SqliteResponse } from '../ledger/sqlite/rpc.js';
import { createMetaRegistryCore } from '../meta/registry-sqlite-core.js';

/** Entry of the SQLite thread: it owns the data folder of the process, so that no event loop waits for the disk. */
if (parentPort === null) throw new Error('the SQLite thread must be started as a worker thread');
const port = parentPort;
const answer = (response: SqliteResponse): void => port.postMessage(response);

try {
  const { dataDir } = workerData as { readonly dataDir: string };
  const { db, close } = openDataFolder(dataDir);
  const services = {
    ledger: createLedgerCore(db),
    registry: createMetaRegistryCore(db),
    jobs: createJobTable(db),
    trainingMarks: createTrainingMarkTable(db),
  };
  serve(port, { db, services, onClose: close });
  answer({ kind: 'ready' });
} catch (error) {
  answer({ kind: 'failed', error: toWire(error) });
  port.close();
}
