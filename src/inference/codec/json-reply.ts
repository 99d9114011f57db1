import { choiceProbability } from '../../ledger/choice.js';
import type { MetaErrStatus } from '../../ledger/ledger.js';
import type { PredictReply } from '../contracts.js';
import { checkJsonValues } from './json-values.js';
import { rowOutputs, tensorValue } from './nested-output.js';
import type { OutputValue } from './nested-output.js';

/** The reply of a predict request on the wire. */
export interface PredictJson {
  readonly model: string;
  readonly version: string;
  readonly prediction_id: string;
  /** 0 is the cold start. */
  readonly meta_version: number;
  readonly metaerr_status: MetaErrStatus;
  readonly predictions: readonly PredictionJson[];
  /** Outputs of the base model that hold for the request as a whole, where it has any. */
  readonly outputs?: Readonly<Record<string, OutputValue>>;
}

export interface PredictionJson {
  readonly row: number;
  readonly label?: string;
  readonly confidence?: number;
  readonly value?: number;
  /** Null where there is no score. */
  readonly failure_probability: number | null;
  readonly decision: 'accept' | 'review';
  /** There where the row's ground truth is asked for, whatever its risk. */
  readonly audit?: true;
  /** Probability with which the row is chosen to be labelled; there where the model's configuration says it. */
  readonly choice_probability?: number;
  readonly outputs?: Readonly<Record<string, OutputValue>>;
}

export interface PredictJsonOptions {
  /** Whether the base model's outputs are in the reply. */
  readonly outputs: boolean;
}

/** What to do about outputs that are too large for JSON; what is served elsewhere has no other form here. */
function smaller({ model: { base, key } }: PredictReply): string {
  return `send fewer rows${base === null ? '' : `, or ask for binary data at POST /v2/models/${key.model}/infer`}`;
}

/**
 * The wire form of a reply. `label`, `confidence` and `value` are there where the task has them. Throws INVALID_REQUEST when the outputs are
 * too large for JSON.
 */
export function toPredictJson(reply: PredictReply, options: PredictJsonOptions): PredictJson {
  if (options.outputs) checkJsonValues([...Object.entries(reply.outputs), ...Object.entries(reply.requestOutputs)], smaller(reply));
  return {
    model: reply.model.key.model,
    version: String(reply.model.key.version),
    prediction_id: reply.predictionId,
    meta_version: reply.metaVersion,
    metaerr_status: reply.status,
    predictions: Array.from({ length: reply.rows }, (_, row) => predictionJson(reply, row, options)),
    ...(options.outputs ? requestOutputs(reply) : {}),
  };
}

function requestOutputs({ requestOutputs: tensors }: PredictReply): Pick<PredictJson, 'outputs'> {
  const entries = Object.entries(tensors);
  return entries.length === 0 ? {} : { outputs: Object.fromEntries(entries.map(([name, tensor]) => [name, tensorValue(tensor)])) };
}

function predictionJson(reply: PredictReply, row: number, options: PredictJsonOptions): PredictionJson {
  const label = reply.labels[row];
  const confidence = reply.confidences[row] ?? NaN;
  const value = reply.values[row] ?? NaN;
  const score = reply.failureProbabilities[row] ?? NaN;
  const choice = choiceProbability(reply.choices[row] ?? 0);
  return {
    row,
    ...(label === null || label === undefined ? {} : { label }),
    ...(Number.isFinite(confidence) ? { confidence } : {}),
    ...(Number.isFinite(value) ? { value } : {}),
    failure_probability: Number.isFinite(score) ? score : null,
    decision: reply.reviews[row] === 1 ? 'review' : 'accept',
    ...(reply.audits[row] === 1 ? { audit: true as const } : {}),
    ...(choice === null ? {} : { choice_probability: choice }),
    ...(options.outputs ? { outputs: rowOutputs(reply.outputs, row) } : {}),
  };
}
