import { KINDS, nameOf, TASKS } from '../codes.js';
import type { GroundTruthItem, GroundTruthResult } from '../ledger.js';
import { isFailure, kindFits, outranks, rowMeant, sameTruth, statusOf, type Truth } from '../outcome.js';
import type { Callers } from './callers.js';
import type { ChangeLog } from './changes.js';
import { orNaN } from './codes.js';
import type { Database } from './database.js';

const TARGET = `seq, key_id, task, label, value, tolerance, failure_probability, review, created_at, failure, truth_kind, truth_value, truth_observed_at,
  truth_n, records, distinct_values`;

type TargetRow = readonly [
  seq: number,
  keyId: number,
  task: number,
  label: string | null,
  value: number | null,
  tolerance: number | null,
  failureProbability: number | null,
  review: number,
  createdAt: number,
  failure: number | null,
  truthKind: number | null,
  truthValue: string | null,
  truthObservedAt: number | null,
  truthN: number | null,
  records: number,
  distinctValues: number,
];

/** What became of a ground truth, and the number of the key of its row; null where it has joined none. */
export interface Joined {
  readonly result: GroundTruthResult;
  readonly keyId: number | null;
}

/** Joins ground truths with rows that are in the ledger (laws 4 to 7, 11). Runs inside the transaction of a write. */
export function createJoin(db: Database, callers: Callers) {
  const replyRows = db.prepare<[number]>('SELECT reply_rows FROM prediction WHERE id = ? LIMIT 1');
  const laterRow = db.prepare('SELECT 1 FROM prediction WHERE id = ? AND row > ? LIMIT 1');
  const target = db.prepare<TargetRow>(`SELECT ${TARGET} FROM prediction WHERE id = ? AND row = ?`);
  const addTruth = db.prepare('INSERT INTO ground_truth (seq, n, kind, value, observed_at, received_at, source, choice) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const valueSeen = db.prepare<[number]>('SELECT 1 FROM ground_truth WHERE seq = ? AND kind = ? AND value = ? LIMIT 1');
  const setTruth = db.prepare(`UPDATE prediction SET failure = ?, truth_kind = ?, truth_value = ?, truth_observed_at = ?, truth_n = ?, truth_choice = ?,
    records = ?, distinct_values = ? WHERE seq = ?`);
  const setRecords = db.prepare('UPDATE prediction SET records = ?, distinct_values = ? WHERE seq = ?');

  const apply = (row: TargetRow, item: GroundTruthItem, changes: ChangeLog): GroundTruthResult => {
    const [seq, keyId, , label, value, tolerance, failureProbability, review, createdAt, failure, , , , , records, distinctValues] = row;
    const current = currentTruth(row);
    const kind = KINDS.indexOf(item.kind);
    const seen = current !== null && (sameTruth(current, item) || valueSeen.get(seq, kind, item.value) !== undefined);
    const n = records + 1;
    const distinct = seen ? distinctValues : distinctValues + 1;
    addTruth.run(seq, n, kind, item.value, item.observedAt, item.receivedAt, item.source, item.choice);
    if (current !== null && !outranks(item, current)) {
      setRecords.run(n, distinct, seq);
    } else {
      const failed = isFailure({ label, value: orNaN(value), tolerance: orNaN(tolerance) }, item);
      setTruth.run(failed ? 1 : 0, kind, item.value, item.observedAt, n, item.choice, n, distinct, seq);
      const changed = { keyId, failureProbability, accepted: review === 0 };
      if (current === null) changes.labelled(changed, failed, item.receivedAt - createdAt);
      else changes.corrected(changed, failure === 1, failed);
    }
    return { status: statusOf(current, item) };
  };

  /** Of a row that is not there: rows are written from a reply's first on and pruned so too, so one with a later row has been pruned. */
  const absent = (id: string, row: number): GroundTruthResult =>
    laterRow.get(id, row) === undefined ? { status: 'pending' } : { status: 'invalid', reason: 'row_out_of_range' };

  /** The row that an item is about, or what is to be answered without one. */
  const targetOf = (item: GroundTruthItem): TargetRow | GroundTruthResult => {
    const rows = replyRows.get(item.id)?.[0];
    if (rows === undefined) return { status: 'pending' };
    const meant = rowMeant(item.row, rows);
    if ('reason' in meant) return { status: 'invalid', reason: meant.reason };
    const row = target.get(item.id, meant.row);
    if (row === undefined) return absent(item.id, meant.row);
    return kindFits(nameOf(TASKS, row[2]), item.kind) ? row : { status: 'invalid', reason: 'wrong_kind' };
  };

  /** Joins one ground truth; `pending` means that the ledger does not have its row yet, and nothing was written. */
  return (given: GroundTruthItem, changes: ChangeLog): Joined => {
    const item = callers.resolve(given);
    if ('status' in item) return { result: item, keyId: null };
    const row = targetOf(item);
    return 'status' in row ? { result: row, keyId: null } : { result: apply(row, item, changes), keyId: row[1] };
  };
}

export type Join = ReturnType<typeof createJoin>;

function currentTruth([, , , , , , , , , , kind, value, observedAt]: TargetRow): Truth | null {
  return kind === null || value === null || observedAt === null ? null : { kind: nameOf(KINDS, kind), value, observedAt };
}
