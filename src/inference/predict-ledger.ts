import type { TensorMap } from '../engine/tensor.js';
import { STATUSES } from '../ledger/ledger.js';
import type { PredictionBatch } from '../ledger/ledger.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import { rowSize } from './codec/tensor-data.js';
import type { LoadedModel, PredictRequest } from './contracts.js';
import type { Answer } from './predict-answer.js';

/** `store_inputs: auto` keeps rows of up to so many bytes of JSON. */
const AUTO_BYTES = 4096;
/** After so many rows that are too long, the further rows of a request are taken to be as long: they have the same shape. */
const LONG_ROWS_TRIED = 4;

/** The rows of one reply for the ledger. Rows without features (their graph failed) carry the empty schema and no feature. */
export function predictionBatch(model: LoadedModel, request: PredictRequest, answer: Answer, tensors: TensorMap, id: string, createdAt: number): PredictionBatch {
  const { rows } = request;
  const features = tensors[FEATURE_OUTPUTS.features];
  const known = features?.type === 'float32';
  return {
    key: model.key,
    task: model.config.task,
    featureSchema: known ? model.layout.schema : '',
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
    inputs: storedInputs(request, model.config.features.store_inputs),
  };
}

/** The raw inputs of each row as JSON text, as far as the policy keeps them. */
export function storedInputs(request: PredictRequest, policy: 'auto' | 'none' | 'all'): (string | null)[] {
  const texts = new Array<string | null>(request.rows).fill(null);
  if (policy === 'none' || (policy === 'auto' && shortestRow(request.inputs) > AUTO_BYTES)) return texts;
  let tooLong = 0;
  for (let row = 0; row < request.rows && tooLong < LONG_ROWS_TRIED; row++) {
    const text = request.inputText(row);
    if (policy === 'all' || Buffer.byteLength(text) <= AUTO_BYTES) texts[row] = text;
    else tooLong++;
  }
  return texts;
}

/** Bytes that the JSON of a row has at least: a digit and a comma for each value. */
function shortestRow(inputs: TensorMap): number {
  return Object.values(inputs).reduce((sum, tensor) => sum + 2 * rowSize(tensor), 0);
}
