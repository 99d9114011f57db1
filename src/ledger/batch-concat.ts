import { joinInto } from '../core/join-into.js';
import type { PredictionBatch } from './ledger.js';

/** Batches with equal group keys can be one batch. */
export function groupKey({ key, task, featureSchema, featureWidth }: PredictionBatch): string {
  return JSON.stringify([key.model, key.version, key.digest, task, featureSchema, featureWidth]);
}

/** The rows of several batches of one group as one batch, in their order. */
export function concatBatches(batches: readonly [PredictionBatch, ...PredictionBatch[]]): PredictionBatch {
  const [first] = batches;
  if (batches.length === 1) return first;
  const { key, task, featureSchema, featureWidth } = first;
  const rows = batches.reduce((sum, batch) => sum + batch.ids.length, 0);
  return {
    key,
    task,
    featureSchema,
    featureWidth,
    ids: batches.flatMap((b) => b.ids),
    rows: joinInto(new Int32Array(rows), batches.map((b) => b.rows)),
    createdAt: joinInto(new Float64Array(rows), batches.map((b) => b.createdAt)),
    features: joinInto(new Float32Array(rows * featureWidth), batches.map((b) => b.features)),
    labels: batches.flatMap((b) => b.labels),
    classes: joinInto(new Int32Array(rows), batches.map((b) => b.classes)),
    values: joinInto(new Float64Array(rows), batches.map((b) => b.values)),
    tolerances: joinInto(new Float64Array(rows), batches.map((b) => b.tolerances)),
    confidences: joinInto(new Float64Array(rows), batches.map((b) => b.confidences)),
    coldStartProbabilities: joinInto(new Float64Array(rows), batches.map((b) => b.coldStartProbabilities)),
    failureProbabilities: joinInto(new Float64Array(rows), batches.map((b) => b.failureProbabilities)),
    reviews: joinInto(new Uint8Array(rows), batches.map((b) => b.reviews)),
    metaVersions: joinInto(new Int32Array(rows), batches.map((b) => b.metaVersions)),
    statuses: joinInto(new Uint8Array(rows), batches.map((b) => b.statuses)),
    audits: joinInto(new Uint8Array(rows), batches.map((b) => b.audits)),
    choices: joinInto(new Uint16Array(rows), batches.map((b) => b.choices)),
    inputs: batches.flatMap((b) => b.inputs),
    callers: batches.flatMap((b) => b.callers),
  };
}
