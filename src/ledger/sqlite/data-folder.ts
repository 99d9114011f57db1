import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MetaErrError, messageOf } from '../../core/errors.js';
import { openDatabase, type Database } from './database.js';
import { lockFolder } from './folder-lock.js';
import { checkVersion, migrate, MIGRATIONS } from './schema.js';

const BUSY_TIMEOUT_MILLISECONDS = 1_000;
/** A reader beside the server waits only while a recovery restarts the log. */
const READER_BUSY_TIMEOUT_MILLISECONDS = 5_000;

/** The data folder of this process: its database, migrated, and its lock. */
export interface DataFolder {
  readonly db: Database;
  /** Closes the database, then gives the lock back. Idempotent. */
  close(): void;
}

export function databasePath(dataDir: string): string {
  return join(dataDir, 'metaerr.db');
}

/**
 * Makes the folder when it is missing, locks it and opens its database. Throws DATA_DIR_LOCKED when another server has it,
 * SCHEMA_TOO_NEW when a newer release wrote it, and DATA_DIR_UNUSABLE when it cannot be created, read or written.
 */
export function openDataFolder(dataDir: string): DataFolder {
  return usable(dataDir, () => {
    mkdirSync(dataDir, { recursive: true });
    const lock = lockFolder(dataDir);
    return orClose(lock, () => {
      const db = openDatabase(databasePath(dataDir), { readOnly: false, busyTimeoutMilliseconds: BUSY_TIMEOUT_MILLISECONDS });
      orClose(db, () => migrate(db));
      return {
        db,
        close() {
          db.close();
          lock.close();
        },
      };
    });
  });
}

/** Opens the database of a folder for reading, beside the server that has the folder locked. It must have this release's schema. */
export function openReadOnlyDatabase(dataDir: string): Database {
  return usable(dataDir, () => {
    const db = openDatabase(databasePath(dataDir), { readOnly: true, busyTimeoutMilliseconds: READER_BUSY_TIMEOUT_MILLISECONDS });
    orClose(db, () => {
      const version = checkVersion(db);
      if (version !== MIGRATIONS.length) {
        throw new Error(`its schema version is ${version}, expected ${MIGRATIONS.length}: the server migrates it at its start`);
      }
    });
    return db;
  });
}

function orClose<T>(resource: { close(): void }, action: () => T): T {
  try {
    return action();
  } catch (error) {
    resource.close();
    throw error;
  }
}

function usable<T>(dataDir: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MetaErrError && error.code !== 'LEDGER_UNAVAILABLE') throw error;
    throw new MetaErrError('DATA_DIR_UNUSABLE', `the data folder ${dataDir} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}
