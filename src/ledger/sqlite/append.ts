import { checkShape } from '../batch-shape.js';
import { TASKS, textOrNull } from '../codes.js';
import type { LabelChange, PredictionBatch } from '../ledger.js';
import type { Callers } from './callers.js';
import { ChangeLog } from './changes.js';
import { orNull } from './codes.js';
import type { Database } from './database.js';
import type { Join } from './join.js';
import type { KeyNumbers, Keys } from './keys.js';
import type { Pending } from './pending.js';

interface AppendTables {
  readonly keys: Keys;
  readonly pending: Pending;
  readonly callers: Callers;
  readonly join: Join;
}

/** `append` of the ledger: one transaction per call. All rows of a reply come in one batch. */
export function createAppend(db: Database, { keys, pending, callers, join }: AppendTables) {
  const insert = createRowInsert(db);

  const joinPending = (ids: ReadonlySet<string>, changes: ChangeLog): void => {
    for (const id of ids) {
      for (const item of pending.take(id)) {
        if (join(item, changes).status === 'invalid') pending.drop(id);
      }
    }
  };

  return (batch: PredictionBatch): readonly LabelChange[] => {
    checkShape(batch);
    return db.transaction(() => {
      const numbers = keys.ensure(batch.key);
      const schemaId = keys.ensureSchema(batch.featureSchema, batch.featureWidth);
      const { ids, seqs } = insert(batch, numbers, schemaId);
      const callerKeys = callers.add(batch, seqs);
      const changes = new ChangeLog();
      if (pending.some()) {
        joinPending(ids, changes);
        joinPending(callerKeys, changes);
      }
      return changes.settle(keys);
    });
  };
}

interface WrittenRows {
  /** Ids of the replies of which a row was written. */
  readonly ids: ReadonlySet<string>;
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

  return (batch: PredictionBatch, { modelId, keyId }: KeyNumbers, schemaId: number): WrittenRows => {
    const task = TASKS.indexOf(batch.task);
    const rowsOf = replyRows(batch);
    const vectorBytes = batch.featureWidth * Float32Array.BYTES_PER_ELEMENT;
    const vectors = new Uint8Array(batch.features.buffer, batch.features.byteOffset, batch.features.byteLength);
    const written = { ids: new Set<string>(), seqs: new Float64Array(batch.ids.length) };
    for (const [i, id] of batch.ids.entries()) {
      const createdAt = at(batch.createdAt, i);
      const done = addRow.run(
        id, at(batch.rows, i), rowsOf.get(id) ?? 1, modelId, keyId, schemaId, createdAt, task,
        textOrNull(batch.labels[i]), at(batch.classes, i), orNull(at(batch.values, i)), orNull(at(batch.tolerances, i)),
        orNull(at(batch.confidences, i)), orNull(at(batch.coldStartProbabilities, i)), orNull(at(batch.failureProbabilities, i)),
        at(batch.reviews, i), at(batch.metaVersions, i), at(batch.statuses, i), at(batch.audits, i), at(batch.choices, i),
      );
      if (done.changes === 0) continue;
      written.ids.add(id);
      written.seqs[i] = done.rowid;
      if (vectorBytes > 0) addFeatures.run(done.rowid, vectors.subarray(i * vectorBytes, (i + 1) * vectorBytes));
      const json = batch.inputs[i] ?? null;
      if (json !== null) addInputs.run(done.rowid, modelId, createdAt, json);
    }
    return written;
  };
}

/** Rows of each reply: its largest row number and one, so that a row given twice counts once. */
function replyRows({ ids, rows }: PredictionBatch): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [i, id] of ids.entries()) counts.set(id, Math.max(counts.get(id) ?? 0, at(rows, i) + 1));
  return counts;
}

function at(column: Int32Array | Float64Array | Uint8Array | Uint16Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`the batch has no element ${index}`);
  return value;
}
