import type { LabelledBatch } from '../ledger/ledger.js';
import { vectorForm, type VectorForm } from '../meta/features/layout.js';
import { selectionWeights } from '../meta/selection/weights.js';
import { CLASS_UNKNOWN, CLASS_UNSEEN } from '../meta/training/window.js';
import type { TrainingWindow } from '../meta/training/window.js';

export interface WindowShape extends VectorForm {
  /** Class names by index; null without classes. */
  readonly labels: readonly string[] | null;
  /** At most so many of the newest rows. */
  readonly maxRows: number;
}

/**
 * Gathers labelled rows, oldest first, into the columns that the training reads. Batches are kept as they come and copied
 * once at the end, so the cost is linear in the rows.
 */
export async function readWindow(batches: AsyncIterable<LabelledBatch>, shape: WindowShape, onRows: (rows: number) => void): Promise<TrainingWindow> {
  const kept: LabelledBatch[] = [];
  let total = 0;
  for await (const batch of batches) {
    if (batch.features.length !== batch.count * shape.width) {
      throw new Error(`a batch of ${batch.count} labelled rows has ${batch.features.length} feature numbers; expected ${shape.width} a row`);
    }
    kept.push(batch);
    total += batch.count;
    for (let oldest = kept[0]; oldest !== undefined && total - oldest.count >= shape.maxRows; oldest = kept[0]) {
      kept.shift();
      total -= oldest.count;
    }
    onRows(Math.min(total, shape.maxRows));
  }
  return assemble(kept, shape, Math.max(0, total - shape.maxRows), Math.min(total, shape.maxRows));
}

/** `skipped` rows at the front of the first batch are left out. */
function assemble(batches: readonly LabelledBatch[], shape: WindowShape, skipped: number, rows: number): TrainingWindow {
  const { width } = shape;
  const window = {
    rows,
    ...vectorForm(shape),
    features: new Float32Array(rows * width),
    failures: new Uint8Array(rows),
    classes: new Int32Array(rows),
    truths: new Int32Array(rows),
    errors: new Float32Array(rows),
    coldStartProbabilities: new Float64Array(rows),
    failureProbabilities: new Float64Array(rows),
    createdAt: new Float64Array(rows),
    choices: new Uint16Array(rows),
  };
  const classOf = classLookup(shape.labels);
  let at = 0;
  let from = skipped;
  for (const batch of batches) {
    window.features.set(batch.features.subarray(from * width), at * width);
    window.failures.set(batch.failures.subarray(from), at);
    window.classes.set(batch.classes.subarray(from), at);
    window.truths.set(batch.truths.slice(from).map(classOf), at);
    window.errors.set(batch.errors.subarray(from), at);
    window.coldStartProbabilities.set(batch.coldStartProbabilities.subarray(from), at);
    window.failureProbabilities.set(batch.failureProbabilities.subarray(from), at);
    window.createdAt.set(batch.createdAt.subarray(from), at);
    window.choices.set(batch.choices.subarray(from), at);
    at += batch.count - from;
    from = 0;
  }
  const { choices, errors, ...columns } = window;
  const isKnown = errors.some((error) => !Number.isNaN(error));
  return { ...columns, ...(isKnown && { errors }), weights: selectionWeights(choices) };
}

/** The class of a true label: its index, CLASS_UNSEEN for one that the base model cannot emit, CLASS_UNKNOWN where none is known. */
function classLookup(labels: readonly string[] | null): (truth: string | null) => number {
  const indexes = new Map((labels ?? []).map((label, index) => [label, index]));
  return (truth) => (truth === null || labels === null ? CLASS_UNKNOWN : (indexes.get(truth) ?? CLASS_UNSEEN));
}
