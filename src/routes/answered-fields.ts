import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import type { ScanRow } from '../ledger/scan-row.js';
import { nullableNumber, nullableText } from './schemas.js';

/** What a row of the ledger was answered, and whether that was wrong. */
export const ANSWERED_FIELDS = {
  label: nullableText('Predicted label.'),
  value: nullableNumber('Predicted value of a regression.'),
  confidence: nullableNumber('Probability of the predicted class.'),
  failure_probability: nullableNumber('As answered.'),
  decision: Type.String({ enum: ['accept', 'review'], description: 'As answered.' }),
  audit: Type.Boolean({ description: 'Whether its ground truth is asked for whatever its risk.' }),
  choice_probability: nullableNumber('Probability with which it was chosen to be labelled, as the ground truth that counts says or as it was planned; null where it is not known.'),
  failure: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'Whether it was wrong; null while no ground truth is known.' }),
};

/** How the failure probability of a reply came about. */
export const ANSWERED_BY = {
  version: Type.String({ description: 'Version of the base model.' }),
  meta_version: Type.Integer({ description: 'Version of the meta-model; 0 is the cold start.' }),
  metaerr_status: Type.String({ enum: ['ok', 'label_free', 'cold_start', 'degraded'], description: 'How the failure probability came about: from a meta-model (ok), from one that no ground truth has calibrated yet (label_free), from the confidence alone (cold_start), or not as it should (degraded).' }),
};

/** A row of the ledger as replies have it, but for its inputs and features. */
export function answeredRow({ id, row, version, metaVersion, status, createdAt, label, value, confidence, failureProbability, review, audit, choiceProbability, failure, truth }: ScanRow) {
  return {
    prediction_id: id,
    row,
    version: String(version),
    meta_version: metaVersion,
    metaerr_status: status,
    created_at: isoTime(createdAt),
    label,
    value,
    confidence,
    failure_probability: failureProbability,
    decision: review ? 'review' : 'accept',
    audit,
    choice_probability: choiceProbability,
    failure,
    ground_truth: truth === null ? null : { kind: truth.kind, value: truth.value, observed_at: isoTime(truth.observedAt) },
  };
}
