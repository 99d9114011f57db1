import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Ledger } from '../../src/ledger/ledger.js';
import { databasePath, openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { openDatabase } from '../../src/ledger/sqlite/database.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { migrate, MIGRATIONS } from '../../src/ledger/sqlite/schema.js';
import { scannedRows } from '../contract/ledger-contract-scan.js';
import { batchOf, collect, keyOf, labelItem, newId, temporaryFolder } from '../support/ledger-data.js';

const VERSION_1_ROWS = new URL('../../../test/fixtures/ledger/version-1.sql', import.meta.url);
const KEY = { model: 'released', version: 1, digest: 'a'.repeat(64) };
const ID = 'KGBX99_01HF7YAT00000000000000000';

/** The ledger of a data folder that release 0.1.0 wrote, as this release opens it. */
function openedVersion1(t: Test): Ledger {
  const dataDir = join(temporaryFolder(t), 'data');
  mkdirSync(dataDir);
  const old = openDatabase(databasePath(dataDir), { readOnly: false, busyTimeoutMilliseconds: 0 });
  migrate(old, MIGRATIONS.slice(0, 1));
  old.exec(readFileSync(VERSION_1_ROWS, 'utf8'));
  old.close();
  const folder = openDataFolder(dataDir);
  t.teardown(() => folder.close());
  t.same(folder.db.prepare('PRAGMA integrity_check').get(), ['ok']);
  return createDirectLedger(folder.db);
}

t.test('released migrations never change', async (t) => {
  t.equal(createHash('sha256').update(MIGRATIONS[0] ?? '').digest('hex'), '8af82d5a9d28c05d4a03c785e7a4f31cc3836be6cb8f578a41165cb9154d7546');
});

t.test('a file of version 1 opens with all that is in it', async (t) => {
  const ledger = openedVersion1(t);
  t.same(await ledger.counts({ model: KEY.model, version: null, from: null, to: null }), {
    predictions: 4, labelled: 2, failures: 1, pending: 1, expired: 1, duplicates: 0, conflicts: 1, expectedFailures: 1, scored: 2, labelledExpectedFailures: 0.5, labelledScored: 1,
  });
  t.equal(await ledger.labelSequence(KEY), 1);
  t.match(await ledger.prediction(`${ID}1`), [
    { row: 0, failure: null, failureProbability: null, audit: false, choice: 0 },
    { row: 1, failure: true, groundTruths: [{ value: '9', current: false }, { value: '3', source: 'desk', current: true }] },
  ]);
  const scan = scannedRows(await collect(ledger.scan({ model: KEY.model, version: null, labelled: null, from: null, to: null, features: true, inputs: true })));
  t.match(scan, [
    { id: `${ID}1`, row: 0, createdAt: 10, features: Float32Array.of(10, 0, 9) },
    { id: `${ID}1`, row: 1, truth: { kind: 'label', value: '3', observedAt: 20 } },
    { id: `${ID}2`, key: { version: 2 }, value: 2, failure: 0 },
    { id: `${ID}3`, createdAt: 30, inputs: '{"x":[1]}' },
  ]);
});

t.test('a file of version 1 takes what is new: callers\' ids, and ground truths that waited', async (t) => {
  const ledger = openedVersion1(t);
  const fresh = newId(KEY.model);
  await ledger.append(batchOf({ key: KEY, replies: [{ id: `${ID}9` }, { id: fresh, caller: 'order' }, { id: `${ID}3`, caller: 'too late' }] }));
  const { results } = await ledger.record([labelItem(keyOf(KEY.model, 'order'), '9'), labelItem(keyOf(KEY.model, 'too late'), '9')]);
  t.same(results.map(({ status }) => status), ['matched', 'pending']);
  t.match(await ledger.prediction(`${ID}9`), [{ failure: false }]);
});
