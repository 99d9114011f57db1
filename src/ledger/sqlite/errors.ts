import { MetaErrError, messageOf } from '../../core/errors.js';

/** Seconds after which a store that could not write is worth another try. */
export const RETRY_AFTER_SECONDS = 5;

/**
 * Primary result codes (https://sqlite.org/rescode.html) of a store that cannot be used now: BUSY, LOCKED, READONLY, IOERR,
 * CORRUPT, FULL, CANTOPEN, NOTADB.
 */
const UNAVAILABLE: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26]);
const BUSY = 5;

function primaryCode(thrown: unknown): number | null {
  if (!(thrown instanceof Error) || !('sqliteCode' in thrown) || typeof thrown.sqliteCode !== 'number') return null;
  return thrown.sqliteCode & 0xff;
}

/** Whether the error says that another connection holds the lock. */
export function isBusy(thrown: unknown): boolean {
  return primaryCode(thrown) === BUSY;
}

/** An error of the driver as the service knows it: LEDGER_UNAVAILABLE for a store that cannot be used now; anything else is a defect and stays. */
export function translateSqliteError(thrown: unknown): unknown {
  const code = primaryCode(thrown);
  if (code === null || !UNAVAILABLE.has(code)) return thrown;
  return unavailable(`the SQLite store cannot be used now: ${messageOf(thrown)}`, thrown);
}

/** LEDGER_UNAVAILABLE with its Retry-After. */
export function unavailable(message: string, cause?: unknown): MetaErrError {
  return new MetaErrError('LEDGER_UNAVAILABLE', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
