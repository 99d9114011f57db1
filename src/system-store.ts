import type { Clock } from './core/clock.js';
import type { Logger } from './core/logger.js';
import type { JobQueue } from './jobs/queue.js';
import { createSqliteJobQueue } from './jobs/sqlite/sqlite-queue.js';
import type { JobTable } from './jobs/sqlite/job-table.js';
import type { TrainingMarkTable } from './jobs/sqlite/training-mark-table.js';
import type { TrainingMarks } from './jobs/training-marks.js';
import type { Ledger } from './ledger/ledger.js';
import { openSqliteClient } from './ledger/sqlite/client.js';
import { createSqliteLedger } from './ledger/sqlite/threaded-ledger.js';
import { createSqliteMetaRegistry } from './meta/registry-sqlite.js';
import type { MetaModelRegistry } from './meta/registry.js';

/** Everything durable of the embedded mode. */
export interface Store {
  readonly ledger: Ledger;
  readonly registry: MetaModelRegistry;
  readonly marks: TrainingMarks;
  readonly queue: JobQueue;
  close(): Promise<void>;
}

/** Opens the SQLite file of the data folder in its thread; refuses a folder that another server uses. */
export async function openEmbeddedStore(dataDir: string, threadUrl: URL, options: { clock: Clock; logger: Logger; maxAttempts: number }): Promise<Store> {
  const client = await openSqliteClient({ dataDir, threadUrl });
  return {
    ledger: createSqliteLedger(client),
    registry: createSqliteMetaRegistry(client),
    marks: client.service<TrainingMarkTable>('trainingMarks'),
    queue: createSqliteJobQueue({ table: client.service<JobTable>('jobs'), ...options }),
    close: () => client.close(),
  };
}
