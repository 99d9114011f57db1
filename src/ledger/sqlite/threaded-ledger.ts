import type { Ledger } from '../ledger.js';
import type { SqliteClient } from './client.js';
import type { LedgerCore } from './core.js';
import { createLedgerFacade } from './ledger-facade.js';

/** The ledger in the SQLite thread. The client owns the database: closing the ledger leaves it open. */
export function createSqliteLedger(client: SqliteClient): Ledger {
  return createLedgerFacade(client.service<LedgerCore>('ledger'), () => Promise.resolve());
}
