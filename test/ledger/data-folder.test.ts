import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { databasePath, openDataFolder, openReadOnlyDatabase } from '../../src/ledger/sqlite/data-folder.js';
import { openDatabase } from '../../src/ledger/sqlite/database.js';
import { migrate, MIGRATIONS } from '../../src/ledger/sqlite/schema.js';
import { temporaryFolder } from '../support/ledger-data.js';

const writable = { readOnly: false, busyTimeoutMilliseconds: 0 };

t.test('a folder that is missing is made, its database is durable and at the newest schema', async (t) => {
  const dataDir = join(temporaryFolder(t), 'a', 'b');
  const { db, close } = openDataFolder(dataDir);
  t.same(db.prepare('PRAGMA journal_mode').get(), ['wal']);
  t.same(db.prepare('PRAGMA synchronous').get(), [2]);
  t.same(db.prepare('PRAGMA user_version').get(), [MIGRATIONS.length]);
  t.same(db.prepare('PRAGMA integrity_check').get(), ['ok']);
  close();
  close();
  t.equal(statSync(`${databasePath(dataDir)}-wal`, { throwIfNoEntry: false })?.size ?? 0, 0, 'all of it is in the one file');
});

t.test('a folder of a newer release is refused and left as it was', async (t) => {
  const dataDir = temporaryFolder(t);
  openDataFolder(dataDir).close();
  const db = openDatabase(databasePath(dataDir), writable);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  db.close();
  const before = readFileSync(databasePath(dataDir));
  t.throws(() => openDataFolder(dataDir), { code: 'SCHEMA_TOO_NEW', message: /schema version \d+; this release knows/ });
  t.throws(() => openReadOnlyDatabase(dataDir), { code: 'SCHEMA_TOO_NEW' });
  t.ok(readFileSync(databasePath(dataDir)).equals(before));
  t.throws(() => openDataFolder(dataDir), { code: 'SCHEMA_TOO_NEW' }, 'the refusal gave the lock back');
});

t.test('an older file gets only the migrations that it lacks, all or none', async (t) => {
  const path = join(temporaryFolder(t), 'old.db');
  const first = 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)';
  const second = 'ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7';
  const old = openDatabase(path, writable);
  migrate(old, [first]);
  old.close();
  const db = openDatabase(path, writable);
  t.teardown(() => db.close());
  t.throws(() => migrate(db, [first, second, 'CREATE TABLE broken (']));
  t.same(db.prepare('PRAGMA user_version').get(), [1]);
  t.throws(() => db.prepare('SELECT y FROM a'), 'the second step was rolled back with the third');
  migrate(db, [first, second]);
  t.same(db.prepare('SELECT x, y FROM a').all(), [[1, 7]]);
  t.same(db.prepare('PRAGMA user_version').get(), [2]);
});

t.test('a folder that cannot be used is DATA_DIR_UNUSABLE with its path and reason', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  t.throws(() => openDataFolder(join(file, 'below')), { code: 'DATA_DIR_UNUSABLE', message: /file\/below/ });
  mkdirSync(join(folder, 'garbage'));
  writeFileSync(databasePath(join(folder, 'garbage')), 'this is not a database'.repeat(100));
  t.throws(() => openDataFolder(join(folder, 'garbage')), { code: 'DATA_DIR_UNUSABLE', message: /not a database/ });
  t.throws(() => openReadOnlyDatabase(join(folder, 'absent')), { code: 'DATA_DIR_UNUSABLE' });
  mkdirSync(join(folder, 'empty'));
  copyFileSync(file, databasePath(join(folder, 'empty')));
  t.throws(() => openReadOnlyDatabase(join(folder, 'empty')), { code: 'DATA_DIR_UNUSABLE', message: /schema version is 0/ });
});
