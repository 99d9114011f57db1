import type { Clock } from './core/clock.js';
import type { Logger } from './core/logger.js';
import { MOST_ROWS } from './inference/codec/row-count.js';
import type { JobQueue } from './jobs/queue.js';
import type { Recurrence } from './jobs/recurrence.js';
import { createSqliteJobQueue } from './jobs/sqlite/sqlite-queue.js';
import type { JobTable } from './jobs/sqlite/job-table.js';
import type { TrainingMarkTable } from './jobs/sqlite/training-mark-table.js';
import { createTimerRecurrence } from './jobs/timer-recurrence.js';
import type { TrainingMarks } from './jobs/training-marks.js';
import type { Ledger } from './ledger/ledger.js';
import { openSqliteClient } from './ledger/sqlite/client.js';
import { createSqliteLedger } from './ledger/sqlite/threaded-ledger.js';
import type { StoreAddress } from './ledger/store-address.js';
import { createSqliteMetaRegistry } from './meta/registry-sqlite.js';
import type { MetaModelRegistry } from './meta/registry.js';

/** Times that a job is begun at most. */
export const JOB_ATTEMPTS = 3;

/** Everything durable, and the work that hangs on it. */
export interface Store {
  readonly address: StoreAddress;
  readonly ledger: Ledger;
  /** Most rows of a reply: the ledger writes them in one piece. */
  readonly maxReplyRows: number;
  readonly registry: MetaModelRegistry;
  readonly marks: TrainingMarks;
  readonly queue: JobQueue;
  readonly recurrence: Recurrence;
  close(): Promise<void>;
}

/** Opens the SQLite file of the data folder in its thread; refuses a folder that another server uses. */
export async function openEmbeddedStore(dataDir: string, threadUrl: URL, { clock, logger }: { clock: Clock; logger: Logger }): Promise<Store> {
  const client = await openSqliteClient({ dataDir, threadUrl });
  return {
    address: { kind: 'sqlite', dataDir },
    ledger: createSqliteLedger(client),
    maxReplyRows: MOST_ROWS,
    registry: createSqliteMetaRegistry(client),
    marks: client.service<TrainingMarkTable>('trainingMarks'),
    queue: createSqliteJobQueue({ table: client.service<JobTable>('jobs'), clock, logger, maxAttempts: JOB_ATTEMPTS }),
    recurrence: createTimerRecurrence({ clock, logger }),
    close: () => client.close(),
  };
}
