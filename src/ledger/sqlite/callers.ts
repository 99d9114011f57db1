import { isCallerKey } from '../../core/ids.js';
import type { GroundTruthItem, GroundTruthResult, PredictionBatch } from '../ledger.js';
import { storableText } from '../text.js';
import type { Database } from './database.js';

type Use = readonly [id: string, row: number, whole: number];

/** The callers' own ids and what they stand for (law 11). */
export function createCallers(db: Database) {
  const add = db.prepare('INSERT INTO caller (seq, key, whole) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const uses = db.prepare<Use>('SELECT p.id, p.row, c.whole FROM caller c JOIN prediction p USING (seq) WHERE c.key = ? LIMIT 2');

  return {
    /**
     * Writes the ids of the rows that were just written and returns their keys. `seqs` has the number of each row of the batch, 0
     * where it was there before: a retried write is no second use.
     */
    add(batch: PredictionBatch, seqs: Float64Array): Set<string> {
      const keys = new Set<string>();
      if (batch.callers.length === 0) return keys;
      const written = writtenReplies(batch, seqs);
      for (const { key, predictionId, row } of batch.callers) {
        const reply = written.get(predictionId);
        const seq = row === null ? seqs[reply?.last ?? -1] : reply?.rows.get(row);
        if (seq === undefined) continue;
        const stored = storableText(key);
        add.run(seq, stored, row === null ? 1 : 0);
        keys.add(stored);
      }
      return keys;
    },

    /** The ground truth as if it had named the prediction, or its result where there is no such one. */
    resolve(item: GroundTruthItem): GroundTruthItem | GroundTruthResult {
      if (!isCallerKey(item.id)) return item;
      const [use, another] = uses.all(item.id);
      if (use === undefined) return { status: 'pending' };
      if (another !== undefined) return { status: 'invalid', reason: 'ambiguous_id' };
      const [id, row, whole] = use;
      if (whole === 1) return { ...item, id };
      if (item.row !== null && item.row !== 0) return { status: 'invalid', reason: 'row_out_of_range' };
      return { ...item, id, row };
    },
  };
}

export type Callers = ReturnType<typeof createCallers>;

interface WrittenReply {
  /** Row number to `seq`. */
  readonly rows: Map<number, number>;
  /** Index in the batch of the row that pruning takes last. */
  last: number;
}

function writtenReplies({ ids, rows, createdAt }: PredictionBatch, seqs: Float64Array): Map<string, WrittenReply> {
  const replies = new Map<string, WrittenReply>();
  const comesAfter = (a: number, b: number): boolean => {
    const later = (createdAt[a] ?? 0) - (createdAt[b] ?? 0);
    return later > 0 || (later === 0 && (rows[a] ?? 0) > (rows[b] ?? 0));
  };
  for (const [i, id] of ids.entries()) {
    const seq = seqs[i] ?? 0;
    if (seq === 0) continue;
    let reply = replies.get(id);
    if (reply === undefined) replies.set(id, (reply = { rows: new Map(), last: i }));
    reply.rows.set(rows[i] ?? 0, seq);
    if (comesAfter(i, reply.last)) reply.last = i;
  }
  return replies;
}
