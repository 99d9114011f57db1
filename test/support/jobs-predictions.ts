import { callerKey, modelTag, predictionIdFactory } from '../../src/core/ids.js';
import type { GroundTruthItem, ModelKey, PredictionBatch } from '../../src/ledger/ledger.js';
import { LABELS } from './jobs-model.js';

export const KEY: ModelKey = { model: 'm', version: 1, digest: 'digest' };

const nextId = predictionIdFactory();

/** A new prediction id of a model. */
export function newId(model: string, now: number): string {
  return nextId(modelTag(model), now);
}

/** A caller's own id as the ledger takes it. */
export function keyOf(model: string, callerId: string): string {
  return callerKey(modelTag(model), callerId);
}

/** One reply of `rows` rows, of six input features and three log-probabilities; row i predicts class i mod 3. */
export function reply(id: string, createdAt: number, rows = 1, key: ModelKey = KEY): PredictionBatch {
  const column = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
  const classes = Int32Array.from(column((row) => row % 3));
  return {
    key,
    task: 'classification',
    featureSchema: 'schema-1',
    featureWidth: 9,
    ids: column(() => id),
    rows: Int32Array.from(column((row) => row)),
    createdAt: new Float64Array(rows).fill(createdAt),
    features: Float32Array.from({ length: rows * 9 }, (_, i) => Math.sin(i + createdAt)),
    labels: column((row) => LABELS[row % 3] ?? null),
    classes,
    values: new Float64Array(rows).fill(NaN),
    tolerances: new Float64Array(rows).fill(NaN),
    confidences: new Float64Array(rows).fill(0.75),
    coldStartProbabilities: new Float64Array(rows).fill(0.25),
    failureProbabilities: new Float64Array(rows).fill(0.25),
    reviews: new Uint8Array(rows),
    audits: new Uint8Array(rows),
    choices: new Uint16Array(rows),
    metaVersions: new Int32Array(rows),
    statuses: new Uint8Array(rows).fill(1),
    inputs: column(() => null),
    callers: [],
  };
}

/** A ground truth of one row as the ledger takes it. */
export function labelItem(id: string, row: number, value: string, at: number): GroundTruthItem {
  return { id, row, kind: 'label', value, observedAt: at, receivedAt: at, source: null, choice: 0 };
}
