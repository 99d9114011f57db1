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
    rows: joined(new Int32Array(rows), batches.map((b) => b.rows)),
    createdAt: joined(new Float64Array(rows), batches.map((b) => b.createdAt)),
    features: joined(new Float32Array(rows * featureWidth), batches.map((b) => b.features)),
    labels: batches.flatMap((b) => b.labels),
    classes: joined(new Int32Array(rows), batches.map((b) => b.classes)),
    values: joined(new Float64Array(rows), batches.map((b) => b.values)),
    tolerances: joined(new Float64Array(rows), batches.map((b) => b.tolerances)),
    confidences: joined(new Float64Array(rows), batches.map((b) => b.confidences)),
    coldStartProbabilities: joined(new Float64Array(rows), batches.map((b) => b.coldStartProbabilities)),
    failureProbabilities: joined(new Float64Array(rows), batches.map((b) => b.failureProbabilities)),
    reviews: joined(new Uint8Array(rows), batches.map((b) => b.reviews)),
    metaVersions: joined(new Int32Array(rows), batches.map((b) => b.metaVersions)),
    statuses: joined(new Uint8Array(rows), batches.map((b) => b.statuses)),
    audits: joined(new Uint8Array(rows), batches.map((b) => b.audits)),
    choices: joined(new Uint16Array(rows), batches.map((b) => b.choices)),
    inputs: batches.flatMap((b) => b.inputs),
    callers: batches.flatMap((b) => b.callers),
  };
}

type Column = Int32Array | Float32Array | Float64Array | Uint8Array | Uint16Array;

function joined<C extends Column>(target: C, parts: readonly C[]): C {
  let offset = 0;
  for (const part of parts) {
    target.set(part, offset);
    offset += part.length;
  }
  return target;
}
