import type { ModelKey } from '../../ledger/ledger.js';
import type { Database } from '../../ledger/sqlite/database.js';
import type { TrainingMark } from '../training-marks.js';

/** The tables `training_marks`, `promotion_attempts` and `drift_marks`. It runs in the thread that owns the database. */
export function createTrainingMarkTable(db: Database) {
  const get = db.prepare<[number, number]>('SELECT label_sequence, rows FROM training_marks WHERE model = ? AND version = ? AND digest = ?');
  const set = db.prepare(`INSERT INTO training_marks (model, version, digest, label_sequence, rows) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET label_sequence = excluded.label_sequence, rows = excluded.rows
    WHERE (excluded.label_sequence, excluded.rows) > (training_marks.label_sequence, training_marks.rows)`);
  const attempts = db.prepare<[number, number]>('SELECT attempts, label_sequence FROM promotion_attempts WHERE model = ? AND version = ? AND digest = ?');
  const count = db.prepare(`INSERT INTO promotion_attempts (model, version, digest, attempts, label_sequence) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET attempts = excluded.attempts, label_sequence = excluded.label_sequence`);
  const renew = db.prepare('DELETE FROM promotion_attempts WHERE model = ? AND version = ? AND digest = ?');
  const drift = db.prepare<[number]>('SELECT meta_version FROM drift_marks WHERE model = ? AND version = ? AND digest = ?');
  const setDrift = db.prepare('INSERT INTO drift_marks (model, version, digest, meta_version) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET meta_version = excluded.meta_version');
  const nextAttempt = (key: ModelKey, labelSequence: number): number => {
    const [made, counted] = attempts.get(key.model, key.version, key.digest) ?? [0, null];
    return counted === labelSequence ? made : made + 1;
  };
  return {
    trainingMark(key: ModelKey): TrainingMark | null {
      const row = get.get(key.model, key.version, key.digest);
      return row === undefined ? null : { labelSequence: row[0], rows: row[1] };
    },
    setTrainingMark(key: ModelKey, mark: TrainingMark): void {
      set.run(key.model, key.version, key.digest, mark.labelSequence, mark.rows);
    },
    promotionAttempt: nextAttempt,
    countAttempt(key: ModelKey, attempt: number, labelSequence: number): boolean {
      return db.transaction(() => {
        if (nextAttempt(key, labelSequence) !== attempt) return false;
        count.run(key.model, key.version, key.digest, attempt, labelSequence);
        return true;
      });
    },
    renewAttempts(key: ModelKey): void {
      renew.run(key.model, key.version, key.digest);
    },
    driftMark(key: ModelKey): number | null {
      return drift.get(key.model, key.version, key.digest)?.[0] ?? null;
    },
    setDriftMark(key: ModelKey, metaVersion: number): void {
      setDrift.run(key.model, key.version, key.digest, metaVersion);
    },
  };
}

export type TrainingMarkTable = ReturnType<typeof createTrainingMarkTable>;
