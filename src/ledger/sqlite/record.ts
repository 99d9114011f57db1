import { textOrNull } from '../codes.js';
import type { GroundTruthItem, GroundTruthReply } from '../ledger.js';
import { storableText } from '../text.js';
import { ChangeLog } from './changes.js';
import type { Database } from './database.js';
import type { Join } from './join.js';
import type { Keys } from './keys.js';
import type { Pending } from './pending.js';

/** `record` of the ledger: one transaction per call, items in their order. */
export function createRecord(db: Database, keys: Keys, pending: Pending, join: Join) {
  return (items: readonly GroundTruthItem[]): GroundTruthReply =>
    db.transaction(() => {
      const changes = new ChangeLog();
      const results = items.map((given) => {
        const item = { ...given, id: storableText(given.id), value: storableText(given.value), source: textOrNull(given.source) };
        const result = join(item, changes);
        if (result.status === 'pending') pending.add(item);
        return result;
      });
      return { results, changes: changes.settle(keys) };
    });
}
