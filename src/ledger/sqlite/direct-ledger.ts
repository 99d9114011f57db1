import type { Ledger } from '../ledger.js';
import { createLedgerCore } from './core.js';
import { openReadOnlyDatabase } from './data-folder.js';
import type { Database } from './database.js';
import { createLedgerFacade } from './ledger-facade.js';
import type { Remote } from './rpc.js';

/**
 * The ledger of a data folder for reading in this thread, beside the server that has it locked (training in a child process). Throws
 * DATA_DIR_UNUSABLE or SCHEMA_TOO_NEW; its writes are refused with LEDGER_UNAVAILABLE.
 */
export function openDirectLedger(dataDir: string): Ledger {
  return createDirectLedger(openReadOnlyDatabase(dataDir));
}

/** The ledger over a connection of this thread; every call blocks the thread. Closing the ledger closes the connection. */
export function createDirectLedger(db: Database): Ledger {
  return createLedgerFacade(inThisThread(createLedgerCore(db)), async () => db.close());
}

/** Synchronous methods as asynchronous ones: what they throw becomes a rejection. */
export function inThisThread<T extends { readonly [M in keyof T]: (...args: never[]) => unknown }>(methods: T): Remote<T> {
  const entries = Object.entries<(...args: never[]) => unknown>(methods).map(([name, method]) => [name, async (...args: never[]) => method(...args)]);
  return Object.fromEntries(entries) as Remote<T>;
}
