import { tagOfPredictionId } from '../../core/ids.js';
import { KINDS, nameOf } from '../codes.js';
import { STATUSES, type MetaErrStatus, type PredictionRecord } from '../ledger.js';
import type { Database } from './database.js';
import type { Keys } from './keys.js';

type Row = readonly [
  seq: number,
  keyId: number,
  row: number,
  createdAt: number,
  label: string | null,
  value: number | null,
  confidence: number | null,
  failureProbability: number | null,
  review: number,
  metaVersion: number,
  status: number,
  failure: number | null,
  truthN: number | null,
  inputs: string | null,
  audit: number,
  choice: number,
];
type TruthRow = readonly [n: number, kind: number, value: string, observedAt: number, receivedAt: number, source: string | null];

/** Law 14. */
const CHOICE = 'CASE WHEN p.truth_choice > 0 THEN p.truth_choice ELSE p.choice END';

/** `prediction` of the ledger. */
export function createPredictionReader(db: Database, keys: Keys) {
  const rows = db.prepare<Row>(`SELECT p.seq, p.key_id, p.row, p.created_at, p.label, p.value, p.confidence, p.failure_probability, p.review,
    p.meta_version, p.status, p.failure, p.truth_n, i.json, p.audit, ${CHOICE} FROM prediction p LEFT JOIN inputs i USING (seq) WHERE p.id = ? ORDER BY p.row`);
  const truths = db.prepare<TruthRow>('SELECT n, kind, value, observed_at, received_at, source FROM ground_truth WHERE seq = ? ORDER BY received_at, n');

  const history = (seq: number, current: number | null): PredictionRecord['groundTruths'] =>
    truths.all(seq).map(([n, kind, value, observedAt, receivedAt, source]) => ({
      kind: nameOf(KINDS, kind), value, observedAt, receivedAt, source, current: n === current,
    }));

  const recordsOf = (id: string): readonly PredictionRecord[] =>
    rows.all(id).map(([seq, keyId, row, createdAt, label, value, confidence, failureProbability, review, metaVersion, status, failure, truthN, inputs, audit, choice]) => ({
      key: keys.keyOf(keyId),
      row,
      createdAt,
      label,
      value,
      confidence,
      failureProbability,
      review: review === 1,
      metaVersion,
      status: nameOf<MetaErrStatus>(STATUSES, status),
      inputs,
      audit: audit === 1,
      choice,
      failure: failure === null ? null : failure === 1,
      groundTruths: history(seq, truthN),
    }));

  return (id: string): readonly PredictionRecord[] => (tagOfPredictionId(id) === null ? [] : recordsOf(id));
}
