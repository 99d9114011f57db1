import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openDatabase, type SqlValue } from '../../src/ledger/sqlite/database.js';
import { temporaryFolder } from '../support/ledger-data.js';

function open(t: Test) {
  const db = openDatabase(join(temporaryFolder(t), 'x.db'), { readOnly: false, busyTimeoutMilliseconds: 0 });
  t.teardown(() => db.close());
  db.exec('CREATE TABLE x (n REAL, s TEXT, b BLOB) STRICT');
  return db;
}

t.test('values are checked before they are bound', async (t) => {
  const db = open(t);
  const insert = db.prepare('INSERT INTO x VALUES (?, ?, ?)');
  const wrong: readonly (readonly unknown[])[] = [[1, 's'], [], [1, 's', null, 4], [undefined, 's', null], [{}, 's', null], [true, 's', null], [1n, 's', null], [1, 's\0', null]];
  for (const values of wrong) t.throws(() => insert.run(...(values as SqlValue[])), TypeError);
  t.same(insert.run(1.5, 's', Uint8Array.of(1, 2)), { changes: 1, rowid: 1 });
  t.same(db.prepare('SELECT * FROM x').all(), [[1.5, 's', Uint8Array.of(1, 2)]]);
  t.equal(db.prepare('SELECT n FROM x WHERE n = ?').get(9), undefined);
  t.equal(db.prepare('SELECT n FROM x'), db.prepare('SELECT n FROM x'), 'a statement is prepared once');
});

t.test('a transaction is all or nothing, and a nested one is part of the outer', async (t) => {
  const db = open(t);
  const insert = db.prepare('INSERT INTO x VALUES (?, NULL, NULL)');
  const count = () => db.prepare<[number]>('SELECT count(*) FROM x').get()?.[0];
  t.equal(db.transaction(() => db.transaction(() => insert.run(1).rowid)), 1);
  t.throws(() => db.transaction(() => {
    db.transaction(() => insert.run(2));
    throw new Error('no');
  }), { message: 'no' });
  t.equal(count(), 1);
  db.transaction(() => insert.run(3));
  t.equal(count(), 2, 'the next one works');
});

t.test('a store that is busy, read-only or full is LEDGER_UNAVAILABLE; a defect stays what it is', async (t) => {
  const folder = temporaryFolder(t);
  const options = { readOnly: false, busyTimeoutMilliseconds: 0 };
  const a = openDatabase(join(folder, 'x.db'), options);
  const b = openDatabase(join(folder, 'x.db'), options);
  t.teardown(() => [a, b].forEach((db) => db.close()));
  a.exec('CREATE TABLE x (n BLOB)');
  const reader = openDatabase(join(folder, 'x.db'), { ...options, readOnly: true });
  t.teardown(() => reader.close());
  a.transaction(() => {
    a.exec('INSERT INTO x VALUES (1)');
    t.throws(() => b.exec('INSERT INTO x VALUES (2)'), { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 5, message: /locked/ });
  });
  t.throws(() => reader.exec('INSERT INTO x VALUES (2)'), { code: 'LEDGER_UNAVAILABLE', message: /readonly/ });
  a.exec('PRAGMA max_page_count = 4');
  t.throws(() => a.prepare('INSERT INTO x VALUES (?)').run(new Uint8Array(100_000)), { code: 'LEDGER_UNAVAILABLE', message: /full/ });
  t.throws(() => a.exec('SELECT nothing'), { code: 'ERR_SQLITE_ERROR' });
});
