/** A SQLite thread whose database may not grow beyond `maxPages`: a full disk. The service `disk` changes the limit. */
import { parentPort, workerData } from 'node:worker_threads';
import { createLedgerCore } from '../../src/ledger/sqlite/core.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { serve } from '../../src/ledger/sqlite/rpc-server.js';
import type { Database } from '../../src/ledger/sqlite/database.js';

/** Pages for the tables and a few hundred rows. */
const MAX_PAGES = 150;

export function createDisk(db: Database) {
  return {
    /** More room. */
    grow: (): void => db.exec(`PRAGMA max_page_count = ${MAX_PAGES * 100}`),
    fail: (): void => {
      throw new RangeError('a defect');
    },
    /** Each byte plus one, in memory of its own. */
    echo: (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte + 1),
  };
}

if (parentPort !== null) {
  const { dataDir } = workerData as { readonly dataDir: string };
  const { db, close } = openDataFolder(dataDir);
  db.exec(`PRAGMA max_page_count = ${MAX_PAGES}`);
  serve(parentPort, { db, services: { ledger: createLedgerCore(db), disk: createDisk(db) }, onClose: close });
  parentPort.postMessage({ kind: 'ready' });
}
