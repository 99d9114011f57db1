import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJobTable } from '../../src/jobs/sqlite/job-table.js';
import type { JobTable } from '../../src/jobs/sqlite/job-table.js';
import { openDatabase } from '../../src/ledger/sqlite/database.js';
import type { Database } from '../../src/ledger/sqlite/database.js';
import { inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import type { Remote } from '../../src/ledger/sqlite/rpc.js';
import { migrate } from '../../src/ledger/sqlite/schema.js';

/** A real SQLite file of the newest schema in a folder of its own. */
export function temporaryDatabase(): { readonly db: Database; readonly dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-jobs-'));
  const db = openDatabase(join(folder, 'jobs.sqlite'), { readOnly: false, busyTimeoutMilliseconds: 1_000 });
  migrate(db);
  const dispose = () => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { db, dispose };
}

/** Sees every call of a table before it is made and after it; it may wait, throw or never resolve. */
export type Gate = (method: keyof JobTable, when: 'before' | 'after') => Promise<void>;

/** A table whose calls pass a gate; without one, each call and each answer takes a turn of the event loop. */
export function gatedJobTable(table: Remote<JobTable>, gate: Gate = () => Promise.resolve()): Remote<JobTable> {
  const call = async (method: keyof JobTable, args: unknown[]): Promise<unknown> => {
    await gate(method, 'before');
    await turn();
    const answer = await (table[method] as (...args: unknown[]) => Promise<unknown>)(...args);
    await turn();
    await gate(method, 'after');
    return answer;
  };
  const get = (_: object, method: string | symbol) => (...args: unknown[]) => call(method as keyof JobTable, args);
  return new Proxy({}, { get }) as Remote<JobTable>;
}

/** The table of a connection of this thread. */
export function asyncJobTable(db: Database, gate?: Gate): Remote<JobTable> {
  return gatedJobTable(inThisThread(createJobTable(db)), gate);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
