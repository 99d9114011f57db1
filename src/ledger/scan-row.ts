import { choiceProbability } from './choice.js';
import { STATUSES, type GroundTruthItem, type PredictionRecord, type ScanBatch } from './ledger.js';

/** One row of a scan. */
export interface ScanRow extends Omit<PredictionRecord, 'key' | 'inputs' | 'choice' | 'groundTruths'> {
  readonly id: string;
  readonly version: number;
  /** Of being chosen to be labelled; null where it is not known. */
  readonly choiceProbability: number | null;
  readonly truth: Pick<GroundTruthItem, 'kind' | 'value' | 'observedAt'> | null;
}

/** Row i of a batch; what is NaN in a column is null in a row. */
export function scanRow(batch: ScanBatch, i: number): ScanRow {
  const failure = batch.failures[i] ?? -1;
  return {
    id: batch.ids[i] ?? '',
    row: batch.rows[i] ?? 0,
    version: batch.keys[batch.keyOf[i] ?? -1]?.version ?? 0,
    metaVersion: batch.metaVersions[i] ?? 0,
    status: STATUSES[batch.statuses[i] ?? 0] ?? 'degraded',
    createdAt: batch.createdAt[i] ?? NaN,
    label: batch.labels[i] ?? null,
    value: numberOrNull(batch.values[i]),
    confidence: numberOrNull(batch.confidences[i]),
    failureProbability: numberOrNull(batch.failureProbabilities[i]),
    review: batch.reviews[i] === 1,
    audit: batch.audits[i] === 1,
    choiceProbability: choiceProbability(batch.choices[i] ?? 0),
    failure: failure === -1 ? null : failure === 1,
    truth: batch.truths[i] ?? null,
  };
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
