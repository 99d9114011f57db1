import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { MetaErrError } from '../../core/errors.js';
import { isBusy } from './errors.js';

export interface FolderLock {
  close(): void;
}

/**
 * Locks a data folder for this process, or throws DATA_DIR_LOCKED. The lock is an exclusive transaction on a file of its own that
 * never ends: the operating system drops it with the process, however that dies, so there is no stale lock to clean up.
 */
export function lockFolder(dataDir: string): FolderLock {
  const connection = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (!isBusy(error)) throw error;
    throw new MetaErrError('DATA_DIR_LOCKED', `another server uses the data folder ${dataDir}`, { cause: error });
  }
  return {
    close() {
      if (connection.isOpen) connection.close();
    },
  };
}
