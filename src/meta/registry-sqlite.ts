import type { SqliteClient } from '../ledger/sqlite/client.js';
import type { Database } from '../ledger/sqlite/database.js';
import { inThisThread } from '../ledger/sqlite/direct-ledger.js';
import type { Remote } from '../ledger/sqlite/rpc.js';
import { createMetaRegistryCore, type MetaRegistryCore } from './registry-sqlite-core.js';
import type { MetaModelRegistry } from './registry.js';

/** The registry in the SQLite thread; the client owns the database. */
export function createSqliteMetaRegistry(client: SqliteClient): MetaModelRegistry {
  return facade(client.service<MetaRegistryCore>('registry'));
}

/** The registry over a connection of this thread; every call blocks the thread. */
export function createDirectMetaRegistry(db: Database): MetaModelRegistry {
  return facade(inThisThread(createMetaRegistryCore(db)));
}

function facade(core: Remote<MetaRegistryCore>): MetaModelRegistry {
  const listeners: Parameters<MetaModelRegistry['onPromotion']>[0][] = [];
  return {
    add: core.add,
    list: core.list,
    get: core.get,
    bytes: core.bytes,
    champion: core.champion,
    prune: core.prune,
    forget: core.forget,
    async promote(key, version, expectedChampion, at) {
      const promoted = await core.promote(key, version, expectedChampion, at);
      if (promoted) for (const listener of listeners) listener(key, version);
      return promoted;
    },
    onPromotion(listener) {
      listeners.push(listener);
    },
    // Nothing lies between this process and its file.
    onInterruption() {},
  };
}
