import { textOrNull } from '../codes.js';
import type { GroundTruthItem, GroundTruthReply, ModelKey } from '../ledger.js';
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
      const joined = items.map((given) => {
        const item = { ...given, id: storableText(given.id), value: storableText(given.value), source: textOrNull(given.source) };
        const each = join(item, changes);
        if (each.result.status === 'pending') pending.add(item);
        return each;
      });
      const answeredBy = keysNamed(keys, joined.map(({ keyId }) => keyId));
      return { results: joined.map(({ result }) => result), answeredBy, changes: changes.settle(keys) };
    });
}

/** Each number is asked for once. */
function keysNamed(keys: Keys, numbers: readonly (number | null)[]): (ModelKey | null)[] {
  const named = new Map<number | null, ModelKey | null>([[null, null]]);
  for (const number of numbers) if (number !== null && !named.has(number)) named.set(number, keys.keyOf(number));
  return numbers.map((number) => named.get(number) ?? null);
}
