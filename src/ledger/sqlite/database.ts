import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import { MetaErrError } from '../../core/errors.js';
import { translateSqliteError } from './errors.js';

/** What may be bound and what is read back. Booleans, undefined, objects and big integers are refused by type and at run time. */
export type SqlValue = number | string | Uint8Array | null;
/** A result row: its columns in the order of the SELECT. */
export type SqlRow = readonly SqlValue[];

/** A prepared statement whose values are checked before they are bound; `R` is the caller's word for its columns. */
export interface Statement<R extends SqlRow = SqlRow> {
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly rowid: number };
  get(...values: readonly SqlValue[]): R | undefined;
  all(...values: readonly SqlValue[]): R[];
}

/** One connection. All errors of a store that cannot be used now are LEDGER_UNAVAILABLE. */
export interface Database {
  /** A statement of this text, prepared once per connection. Parameters are plain `?` only. */
  prepare<R extends SqlRow = SqlRow>(sql: string): Statement<R>;
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** Runs `action` in a transaction: committed when it returns, rolled back when it throws. Inside another one it becomes a part of that. */
  transaction<T>(action: () => T): T;
  /** Idempotent. */
  close(): void;
}

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** How long a statement waits for the lock of another connection, milliseconds. */
  readonly busyTimeoutMilliseconds: number;
}

/**
 * Opens a database file with write-ahead log and `synchronous=FULL`: a commit survives a loss of power
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  const connection = translated(
    () =>
      new DatabaseSync(path, {
        readOnly: options.readOnly,
        timeout: options.busyTimeoutMilliseconds,
        enableForeignKeyConstraints: false,
        returnArrays: true,
      }),
  );
  const db = wrap(connection, options.readOnly);
  try {
    if (!options.readOnly) makeDurable(db);
    db.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function makeDurable(db: Database): void {
  const mode = db.prepare<[string]>('PRAGMA journal_mode = WAL').get()?.[0];
  db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA journal_size_limit = 67108864');
  const level = db.prepare<[number]>('PRAGMA synchronous').get()?.[0];
  // SQLite keeps the old mode silently where the file system cannot do the new one.
  if (mode !== 'wal') throw new MetaErrError('DATA_DIR_UNUSABLE', `the file system of the data folder cannot hold a write-ahead log (journal mode is ${String(mode)})`);
  if (level !== 2) throw new MetaErrError('DATA_DIR_UNUSABLE', `SQLite did not accept synchronous=FULL (level is ${String(level)})`);
}

type Connection = InstanceType<typeof DatabaseSync>;

function wrap(connection: Connection, readOnly: boolean): Database {
  const statements = new Map<string, Statement>();
  let inside = false;
  return {
    prepare<R extends SqlRow>(sql: string) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = checked(translated(() => connection.prepare(sql)), sql);
        statements.set(sql, statement);
      }
      return statement as Statement<R>;
    },
    exec: (sql) => translated(() => connection.exec(sql)),
    transaction(action) {
      if (inside) return action();
      translated(() => connection.exec('BEGIN'));
      inside = true;
      try {
        const result = action();
        translated(() => connection.exec('COMMIT'));
        return result;
      } catch (error) {
        // A full disk may have rolled the transaction back already.
        if (connection.isTransaction) translated(() => connection.exec('ROLLBACK'));
        throw error;
      } finally {
        inside = false;
      }
    },
    close() {
      if (!connection.isOpen) return;
      if (!readOnly) emptyLog(connection);
      statements.clear();
      connection.close();
    },
  };
}

/**
 * The driver cannot finalize statements before they are collected, and until then SQLite puts off its own clean-up of a closed
 * connection; so the log is written back here. What is in it is durable either way.
 */
function emptyLog(connection: Connection): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A full disk or a reader: the next opening finds the log and goes on with it.
  }
}

/** The driver binds NULL for a missing value and reads a lone object as named parameters, both without a word; so values are checked here. */
function checked(statement: StatementSyncInstance, sql: string): Statement {
  const parameters = sql.split('?').length - 1;
  const check = (values: readonly SqlValue[]): void => {
    if (values.length !== parameters) throw new TypeError(`the statement takes ${parameters} values, not ${values.length}: ${sql}`);
    for (let i = 0; i < values.length; i++) {
      const value: unknown = values[i];
      if (typeof value === 'number' || value === null || value instanceof Uint8Array) continue;
      // The driver cuts a text at its first NUL.
      if (typeof value === 'string' && value.includes('\0')) throw new TypeError(`value ${i + 1} has a NUL character: ${sql}`);
      if (typeof value === 'string') continue;
      throw new TypeError(`value ${i + 1} is ${typeof value}; expected a number, a string, null or a Uint8Array: ${sql}`);
    }
  };
  return {
    run(...values) {
      check(values);
      const done = translated(() => statement.run(...values));
      return { changes: done.changes, rowid: Number(done.lastInsertRowid) };
    },
    get(...values) {
      check(values);
      return translated(() => statement.get(...values) as SqlRow | undefined);
    },
    all(...values) {
      check(values);
      return translated(() => statement.all(...values) as SqlRow[]);
    },
  };
}

function translated<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw translateSqliteError(error);
  }
}
