import { modelTag } from '../../src/core/ids.js';
import type { GroundTruthItem, ModelKey, PredictionBatch } from '../../src/ledger/ledger.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';

/** One id for all: the rows of a window as one large reply. */
function idOf(key: ModelKey): string {
  return `${modelTag(key.model)}_01ARZ3NDEKTSV4RRFFQ69G5FAV`;
}

/** The predictions of a labelled window as they were logged. */
export function windowReply(key: ModelKey, window: TrainingWindow, labels: readonly string[]): PredictionBatch {
  const { rows } = window;
  const nothing = new Float64Array(rows).fill(NaN);
  return {
    key,
    task: 'classification',
    featureSchema: 'schema-1',
    featureWidth: window.width,
    ids: new Array<string>(rows).fill(idOf(key)),
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    createdAt: window.createdAt,
    features: window.features,
    labels: [...window.classes].map((index) => labels[index] ?? null),
    classes: window.classes,
    values: nothing,
    tolerances: nothing,
    confidences: window.coldStartProbabilities.map((score) => 1 - score),
    coldStartProbabilities: window.coldStartProbabilities,
    failureProbabilities: window.failureProbabilities,
    reviews: new Uint8Array(rows),
    audits: new Uint8Array(rows),
    choices: new Uint16Array(rows),
    metaVersions: new Int32Array(rows),
    statuses: new Uint8Array(rows).fill(1),
    inputs: new Array<null>(rows).fill(null),
    callers: [],
  };
}

/** The ground truths of all its rows. */
export function windowItems(key: ModelKey, window: TrainingWindow, labels: readonly string[]): GroundTruthItem[] {
  return Array.from(window.truths, (truth, row) => {
    const at = window.createdAt[row] ?? 0;
    return { id: idOf(key), row, kind: 'label', value: labels[truth] ?? 'unseen', observedAt: at, receivedAt: at, source: null, choice: 0 };
  });
}
