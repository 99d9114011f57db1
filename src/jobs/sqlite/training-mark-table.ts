import type { ModelKey } from '../../ledger/ledger.js';
import type { Database } from '../../ledger/sqlite/database.js';
import type { TrainingMark } from '../training-marks.js';

/** The table `training_marks`: the last training of each key. It runs in the thread that owns the database. */
export function createTrainingMarkTable(db: Database) {
  const get = db.prepare<[number, number]>('SELECT label_sequence, rows FROM training_marks WHERE model = ? AND version = ? AND digest = ?');
  const set = db.prepare(`INSERT INTO training_marks (model, version, digest, label_sequence, rows) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET label_sequence = excluded.label_sequence, rows = excluded.rows
    WHERE excluded.label_sequence > training_marks.label_sequence`);
  return {
    trainingMark(key: ModelKey): TrainingMark | null {
      const row = get.get(key.model, key.version, key.digest);
      return row === undefined ? null : { labelSequence: row[0], rows: row[1] };
    },
    setTrainingMark(key: ModelKey, mark: TrainingMark): void {
      set.run(key.model, key.version, key.digest, mark.labelSequence, mark.rows);
    },
  };
}

export type TrainingMarkTable = ReturnType<typeof createTrainingMarkTable>;
