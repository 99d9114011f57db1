import type { PredictionBatch } from './ledger.js';

/** @throws RangeError when a column has another length than `ids`. */
export function checkShape(batch: PredictionBatch): void {
  const { rows, createdAt, labels, classes, values, tolerances, confidences, coldStartProbabilities, failureProbabilities } = batch;
  const { reviews, metaVersions, statuses, audits, choices, inputs } = batch;
  const columns = {
    rows, createdAt, labels, classes, values, tolerances, confidences, coldStartProbabilities, failureProbabilities, reviews, metaVersions,
    statuses, audits, choices, inputs,
  };
  const count = batch.ids.length;
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== count) throw new RangeError(`${name} has ${column.length} elements, expected ${count}`);
  }
  if (batch.features.length !== count * batch.featureWidth) {
    throw new RangeError(`features has ${batch.features.length} numbers, expected ${count} x ${batch.featureWidth}`);
  }
}
