import t from 'tap';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { createDirectMetaRegistry, createSqliteMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { metaRegistryContract } from '../contract/meta-registry-contract.js';
import { SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';

await t.test('in this thread', async (t) => {
  await metaRegistryContract(t, async (t) => {
    const dataDir = temporaryFolder(t);
    let folder = openDataFolder(dataDir);
    t.teardown(() => folder.close());
    const registry = createDirectMetaRegistry(folder.db);
    return {
      registry,
      second: registry,
      interrupt: null,
      async reopen() {
        folder.close();
        folder = openDataFolder(dataDir);
        return createDirectMetaRegistry(folder.db);
      },
    };
  });
});

await t.test('in the SQLite thread', async (t) => {
  await metaRegistryContract(t, async (t) => {
    const dataDir = temporaryFolder(t);
    let client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
    t.teardown(() => client.close());
    const registry = createSqliteMetaRegistry(client);
    return {
      registry,
      second: registry,
      interrupt: null,
      async reopen() {
        await client.close();
        client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
        return createSqliteMetaRegistry(client);
      },
    };
  });
});
