import t from 'tap';
import { createLedgerCore } from '../../src/ledger/sqlite/core.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { createDirectLedger, inThisThread, openDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { createLedgerFacade } from '../../src/ledger/sqlite/ledger-facade.js';
import { ledgerContract } from '../contract/ledger-contract.js';
import { batchOf, freshKey, labelItem, newId, temporaryFolder } from '../support/ledger-data.js';

/** Pages so small that every law is tried across their bounds too; the threaded adapter has the sizes of production. */
const FEW = { append: 9, select: 3, readFeatures: 7, read: 2, scan: 3, scanBytes: 30, count: 3, prune: 50 };

await ledgerContract(t, async (t) => {
  const dataDir = temporaryFolder(t);
  let folder = openDataFolder(dataDir);
  t.teardown(() => folder.close());
  const ledger = () => createLedgerFacade(inThisThread(createLedgerCore(folder.db)), async () => folder.close(), FEW);
  return {
    ledger: ledger(),
    async reopen() {
      folder.close();
      folder = openDataFolder(dataDir);
      return ledger();
    },
  };
});

t.test('a ledger for reading beside the server sees what is committed and refuses to write', async (t) => {
  const dataDir = temporaryFolder(t);
  const folder = openDataFolder(dataDir);
  t.teardown(() => folder.close());
  const server = createDirectLedger(folder.db);
  const key = freshKey();
  const id = newId(key.model);
  await server.append(batchOf({ key, replies: [{ id }] }));
  const reader = openDirectLedger(dataDir);
  t.teardown(() => reader.close());
  t.match(await reader.prediction(id), [{ failure: null }]);
  await server.record([labelItem(id, '3')]);
  t.match(await reader.prediction(id), [{ failure: true }]);
  await t.rejects(reader.record([labelItem(id, '9')]), { code: 'LEDGER_UNAVAILABLE' });
});
