import { TASKS, textOrNull } from '../codes.js';
import type { LabelChange } from '../ledger.js';
import type { BatchPiece } from './batch-pieces.js';
import type { Callers } from './callers.js';
import { ChangeLog } from './changes.js';
import { orNull } from './codes.js';
import type { Database } from './database.js';
import type { Join } from './join.js';
import type { KeyNumbers, Keys } from './keys.js';
import { EVERY_ROW, type Pending, type RowSpan } from './pending.js';

interface AppendTables {
  readonly keys: Keys;
  readonly pending: Pending;
  readonly callers: Callers;
  readonly join: Join;
}

/** `append` of the ledger, of one piece of a batch: one transaction per call. */
export function createAppend(db: Database, { keys, pending, callers, join }: AppendTables) {
  const insert = createRowInsert(db);

  const joinPending = (id: string, rows: RowSpan, changes: ChangeLog): void => {
    for (const item of pending.take(id, rows)) {
      if (join(item, changes).result.status === 'invalid') pending.drop(id);
    }
  };

  return (piece: BatchPiece): readonly LabelChange[] =>
    db.transaction(() => {
      const { batch } = piece;
      const numbers = keys.ensure(batch.key);
      const schemaId = keys.ensureSchema(batch.featureSchema, batch.featureWidth);
      const { spans, seqs } = insert(piece, numbers, schemaId);
      const callerKeys = callers.add(batch, seqs);
      const changes = new ChangeLog();
      if (pending.some()) {
        for (const [id, rows] of spans) joinPending(id, rows, changes);
        for (const key of callerKeys) joinPending(key, EVERY_ROW, changes);
      }
      return changes.settle(keys);
    });
}

interface WrittenRows {
  /** The replies of which rows were written, and which: to the last of all where the reply's last row is among them. */
  readonly spans: ReadonlyMap<string, RowSpan>;
  /** `seq` of each row of the batch; 0 where it was there before. */
  readonly seqs: Float64Array;
}

/** Writes the rows that are not there yet (law 2). */
function createRowInsert(db: Database) {
  const addRow = db.prepare(`INSERT INTO prediction (id, row, reply_rows, model_id, key_id, schema_id, created_at, task, label, class, value,
    tolerance, confidence, cold_start, failure_probability, review, meta_version, status, audit, choice)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, row) DO NOTHING`);
  const addFeatures = db.prepare('INSERT INTO features (seq, vector) VALUES (?, ?)');
  const addInputs = db.prepare('INSERT INTO inputs (seq, model_id, created_at, json) VALUES (?, ?, ?, ?)');

  return ({ batch, replyRows }: BatchPiece, { modelId, keyId }: KeyNumbers, schemaId: number): WrittenRows => {
    const task = TASKS.indexOf(batch.task);
    const vectorBytes = batch.featureWidth * Float32Array.BYTES_PER_ELEMENT;
    const vectors = new Uint8Array(batch.features.buffer, batch.features.byteOffset, batch.features.byteLength);
    const written = { spans: new Map<string, RowSpan>(), seqs: new Float64Array(batch.ids.length) };
    for (const [i, id] of batch.ids.entries()) {
      const createdAt = at(batch.createdAt, i);
      const row = at(batch.rows, i);
      const rowsOfReply = at(replyRows, i);
      const done = addRow.run(
        id, row, rowsOfReply, modelId, keyId, schemaId, createdAt, task,
        textOrNull(batch.labels[i]), at(batch.classes, i), orNull(at(batch.values, i)), orNull(at(batch.tolerances, i)),
        orNull(at(batch.confidences, i)), orNull(at(batch.coldStartProbabilities, i)), orNull(at(batch.failureProbabilities, i)),
        at(batch.reviews, i), at(batch.metaVersions, i), at(batch.statuses, i), at(batch.audits, i), at(batch.choices, i),
      );
      if (done.changes === 0) continue;
      written.spans.set(id, { from: written.spans.get(id)?.from ?? row, before: row + 1 < rowsOfReply ? row + 1 : EVERY_ROW.before });
      written.seqs[i] = done.rowid;
      if (vectorBytes > 0) addFeatures.run(done.rowid, vectors.subarray(i * vectorBytes, (i + 1) * vectorBytes));
      const json = batch.inputs[i] ?? null;
      if (json !== null) addInputs.run(done.rowid, modelId, createdAt, json);
    }
    return written;
  };
}

function at(column: Int32Array | Float64Array | Uint8Array | Uint16Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`the batch has no element ${index}`);
  return value;
}
