/**
 * A process that writes to a data folder until it is killed, and prints one JSON line for each write that was acknowledged: the first is
 * `{"ready":true}`. Arguments: the folder, and the names of what to write.
 */
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { batchOf, labelItem, newId, SQLITE_THREAD } from './ledger-data.js';

/** What the parent reads. */
export interface Acknowledged {
  readonly ready?: true;
  /** Ids of appended predictions. */
  readonly appended?: readonly string[];
  /** Ids whose ground truth was recorded, also of predictions that were never appended. */
  readonly recorded?: readonly string[];
}

const [dataDir = '', model = 'killed'] = process.argv.slice(2);
const key = { model, version: 1, digest: 'd' };
const tell = (line: Acknowledged): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
const ledger = createSqliteLedger(client);
tell({ ready: true });

async function write(): Promise<never> {
  for (;;) {
    const appended = Array.from({ length: 50 }, () => newId(model));
    await ledger.append(batchOf({ key, replies: appended.map((id) => ({ id })) }));
    tell({ appended });
    const recorded = [...appended.filter((_, i) => i % 2 === 0), newId(model)];
    await ledger.record(recorded.map((id) => labelItem(id, '3')));
    tell({ recorded });
  }
}

// Two writers, so that commits carry calls of both.
await Promise.all([write(), write()]);
