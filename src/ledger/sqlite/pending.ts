import { KINDS, nameOf } from '../codes.js';
import type { GroundTruthItem } from '../ledger.js';
import { idRange } from './codes.js';
import type { Database } from './database.js';

type PendingRow = readonly [row: number | null, kind: number, value: string, observedAt: number, receivedAt: number, source: string | null, choice: number];

const MINE = 'id = ? AND (row IS NULL OR (row >= ? AND row < ?))';

/** Rows of a prediction: from one on, before another. */
export interface RowSpan {
  readonly from: number;
  readonly before: number;
}

export const EVERY_ROW: RowSpan = { from: 0, before: Number.MAX_SAFE_INTEGER };

/** Ground truths whose prediction has not been seen yet, and the count of those that were given up. */
export function createPending(db: Database) {
  const any = db.prepare('SELECT 1 FROM pending LIMIT 1');
  const add = db.prepare('INSERT INTO pending (id, row, kind, value, observed_at, received_at, source, choice) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const ofId = db.prepare<PendingRow>(`SELECT row, kind, value, observed_at, received_at, source, choice FROM pending WHERE ${MINE} ORDER BY pending_id`);
  const remove = db.prepare(`DELETE FROM pending WHERE ${MINE}`);
  const removeBefore = db.prepare('DELETE FROM pending WHERE id >= ? AND id < ? AND received_at < ?');
  const countRange = db.prepare<[number]>('SELECT count(*) FROM pending WHERE id >= ? AND id < ?');
  const addExpired = db.prepare('INSERT INTO expired (tag, count) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET count = count + excluded.count');
  const expired = db.prepare<[number]>('SELECT count FROM expired WHERE tag = ?');

  return {
    /** Whether there is any at all: spares every other append the look-ups. */
    some(): boolean {
      return any.get() !== undefined;
    },
    add(item: GroundTruthItem): void {
      add.run(item.id, item.row, KINDS.indexOf(item.kind), item.value, item.observedAt, item.receivedAt, item.source, item.choice);
    },
    /** Removes and returns those of some rows of a prediction, or that name no row, in the order in which they came. */
    take(id: string, { from, before }: RowSpan): GroundTruthItem[] {
      const rows = ofId.all(id, from, before);
      if (rows.length > 0) remove.run(id, from, before);
      return rows.map(([row, kind, value, observedAt, receivedAt, source, choice]) => ({
        id, row, kind: nameOf(KINDS, kind), value, observedAt, receivedAt, source, choice,
      }));
    },
    /** Law 9. */
    expire(tag: string, receivedBefore: number): number {
      return db.transaction(() => {
        const removed = removeBefore.run(...idRange(tag), receivedBefore).changes;
        if (removed > 0) addExpired.run(tag, removed);
        return removed;
      });
    },
    /** Counts one that turned out invalid when its prediction came (law 7). */
    drop(id: string): void {
      addExpired.run(id.slice(0, id.indexOf('_')), 1);
    },
    counts(tag: string): { readonly pending: number; readonly expired: number } {
      return { pending: countRange.get(...idRange(tag))?.[0] ?? 0, expired: expired.get(tag)?.[0] ?? 0 };
    },
  };
}

export type Pending = ReturnType<typeof createPending>;
