import { Type } from 'typebox';
import { nullableNumber, nullableText } from './schemas.js';

/** What a row of the ledger was answered, and whether that was wrong. */
export const ANSWERED_FIELDS = {
  label: nullableText('Predicted label.'),
  value: nullableNumber('Predicted value of a regression.'),
  confidence: nullableNumber('Probability of the predicted class.'),
  failure_probability: nullableNumber('As answered.'),
  decision: Type.String({ enum: ['accept', 'review'], description: 'As answered.' }),
  failure: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'Whether it was wrong; null while no ground truth is known.' }),
};

/** How the failure probability of a reply came about. */
export const ANSWERED_BY = {
  version: Type.String({ description: 'Version of the base model.' }),
  meta_version: Type.Integer({ description: 'Version of the meta-model; 0 is the cold start.' }),
  metaerr_status: Type.String({ enum: ['ok', 'cold_start', 'degraded'], description: 'How the failure probability came about.' }),
};
