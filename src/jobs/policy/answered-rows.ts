import type { LabelledBatch, Ledger, ModelKey } from '../../ledger/ledger.js';
import type { ServedRows } from '../../meta/policy/calibration-rows.js';

/** The newest so many labelled rows are calibrated on. */
export const MOST_CALIBRATION_ROWS = 10_000;

/** Labelled rows that one meta-model version answered. */
export interface AnsweredRows extends ServedRows {
  /** Rows that the replies accepted, and failures among them. */
  readonly accepted: number;
  readonly acceptedFailures: number;
}

/** Reads the newest labelled rows that a meta-model version answered since a time (milliseconds; null: ever). Rows without a failure probability are no calibration rows. */
export async function answeredRows(ledger: Pick<Ledger, 'labelled'>, key: ModelKey, metaVersion: number, since: number | null): Promise<AnsweredRows> {
  const query = { key, featureSchema: null, from: since, to: null, metaVersion, newest: MOST_CALIBRATION_ROWS, features: false };
  const batches: LabelledBatch[] = [];
  for await (const batch of ledger.labelled(query)) batches.push(batch);
  const total = batches.reduce((sum, { count }) => sum + count, 0);
  const scores = new Float64Array(total);
  const failures = new Uint8Array(total);
  let [rows, accepted, acceptedFailures] = [0, 0, 0];
  for (const batch of batches) {
    for (let row = 0; row < batch.count; row++) {
      const failed = batch.failures[row] ?? 0;
      if (batch.reviews[row] === 0) {
        accepted++;
        acceptedFailures += failed;
      }
      const score = batch.failureProbabilities[row] ?? NaN;
      if (Number.isNaN(score)) continue;
      scores[rows] = score;
      failures[rows++] = failed;
    }
  }
  return { scores: scores.subarray(0, rows), failures: failures.subarray(0, rows), accepted, acceptedFailures };
}
