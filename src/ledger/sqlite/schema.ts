import { MetaErrError } from '../../core/errors.js';
import type { Database } from './database.js';
import { SCHEMA_1 } from './schema-1.js';
import { SCHEMA_2 } from './schema-2.js';
import { SCHEMA_3 } from './schema-3.js';
import { SCHEMA_4 } from './schema-4.js';
import { SCHEMA_5 } from './schema-5.js';
import { SCHEMA_6 } from './schema-6.js';
import { SCHEMA_7 } from './schema-7.js';

/** Migration i brings a file of `user_version` i to i + 1. Released ones never change; new ones are added at the end. */
export const MIGRATIONS: readonly string[] = [SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5, SCHEMA_6, SCHEMA_7];

/**
 * Brings the file to the newest schema, all steps in one transaction. A file of a newer release is refused with
 * SCHEMA_TOO_NEW and left untouched.
 */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const found = checkVersion(db, migrations.length);
  if (found === migrations.length) return;
  db.transaction(() => {
    for (const sql of migrations.slice(found)) db.exec(sql);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** The schema version of the file; throws SCHEMA_TOO_NEW when it is above `known`. */
export function checkVersion(db: Database, known: number = MIGRATIONS.length): number {
  const found = db.prepare<[number]>('PRAGMA user_version').get()?.[0] ?? 0;
  if (found > known) {
    throw new MetaErrError('SCHEMA_TOO_NEW', `the data folder has schema version ${found}; this release knows versions up to ${known}`);
  }
  return found;
}
