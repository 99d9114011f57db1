import { callerKey, MOST_CALLER_ID_LENGTH } from '../core/ids.js';
import { STATUSES } from '../ledger/ledger.js';
import type { CallerReference, PredictionBatch } from '../ledger/ledger.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import type { PlannedLabels } from './audit.js';
import { rowSize } from './codec/tensor-data.js';
import type { DecodedRequest, LoadedModel } from './contracts.js';
import type { Answer } from './predict-answer.js';
import type { RunAnswer } from './runner-request.js';

/** The text of a row that came without inputs. */
const NO_INPUTS = 'null';
/** `store_inputs: auto` keeps rows of up to so many bytes of JSON. */
const AUTO_BYTES = 4096;
/** After so many rows that are too long, the further rows of a request are taken to be as long: they have the same shape. */
const LONG_ROWS_TRIED = 4;

/** The id and the time of a reply. */
export interface Stamp {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The rows of one reply for the ledger. Rows without features (their graph failed) carry the empty schema and no feature. */
export function predictionBatch(model: LoadedModel, request: DecodedRequest, run: RunAnswer, answer: Answer, { audits, choices }: PlannedLabels, { id, createdAt }: Stamp): PredictionBatch {
  const { rows } = request;
  const features = run.tensors[FEATURE_OUTPUTS.features];
  const known = features?.type === 'float32';
  return {
    key: model.key,
    task: model.config.task,
    featureSchema: known ? run.chain.layout.schema : '',
    featureWidth: known ? rowSize(features) : 0,
    // A copy: the view would keep the whole batch in memory until it is written.
    features: known ? features.data.slice() : new Float32Array(0),
    ids: new Array<string>(rows).fill(id),
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    createdAt: new Float64Array(rows).fill(createdAt),
    labels: answer.labels,
    classes: answer.classes,
    values: answer.values,
    tolerances: answer.tolerances,
    confidences: answer.confidences,
    coldStartProbabilities: answer.coldStartProbabilities,
    failureProbabilities: answer.failureProbabilities,
    reviews: answer.reviews,
    metaVersions: new Int32Array(rows).fill(answer.metaVersion),
    statuses: new Uint8Array(rows).fill(STATUSES.indexOf(answer.status)),
    audits,
    choices,
    callers: callerReferences(model.tag, request, id),
    inputs: storedInputs(request, model.config.features.store_inputs),
  };
}

/** The callers' own ids under which ground truth can find the rows; what is empty or too long only goes back to the caller. */
function callerReferences(tag: string, { callerIds, rows }: DecodedRequest, predictionId: string): CallerReference[] {
  if (callerIds === null) return [];
  const named = 'request' in callerIds ? [{ id: callerIds.request, row: null }] : callerIds.rows.slice(0, rows).map((id, row) => ({ id, row }));
  const usable = named.filter(({ id }) => id !== '' && id.length <= MOST_CALLER_ID_LENGTH);
  return usable.map(({ id, row }) => ({ key: callerKey(tag, id), predictionId, row }));
}

/** The raw inputs of each row as JSON text, as far as there are any and the policy keeps them. */
export function storedInputs(request: DecodedRequest, policy: 'auto' | 'none' | 'all'): (string | null)[] {
  const texts = new Array<string | null>(request.rows).fill(null);
  if (policy === 'none' || (policy === 'auto' && shortestRow(request) > AUTO_BYTES)) return texts;
  let tooLong = 0;
  for (let row = 0; row < request.rows && tooLong < LONG_ROWS_TRIED; row++) {
    const text = request.inputText(row);
    if (text === NO_INPUTS) continue;
    if (policy === 'all' || Buffer.byteLength(text) <= AUTO_BYTES) texts[row] = text;
    else tooLong++;
  }
  return texts;
}

/** Bytes that the JSON of a row has at least: a digit and a comma for each value. */
function shortestRow({ inputs, rows }: DecodedRequest): number {
  return Object.values(inputs).reduce((sum, { data }) => sum + (2 * data.length) / rows, 0);
}
