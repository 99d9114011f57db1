import t from 'tap';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { ledgerContract } from '../contract/ledger-contract.js';
import { SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';

await ledgerContract(t, async (t) => {
  const dataDir = temporaryFolder(t);
  let client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
  t.teardown(() => client.close());
  return {
    ledger: createSqliteLedger(client),
    async reopen() {
      await client.close();
      client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
      return createSqliteLedger(client);
    },
  };
});
