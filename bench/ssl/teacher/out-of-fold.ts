import type { LoggedRows } from '../../quality/product/logged-rows.js';
import type { Division } from './teachers.js';

/** What each labelled row was answered by the net of a division that has not seen it. */
export function outOfFold({ folds, nets }: Division): LoggedRows {
  const first = nets[0]!.labelled;
  const { width, classes } = first;
  const joined = {
    ...first,
    features: new Float32Array(first.features.length),
    predicted: new Int32Array(first.rows),
    coldStart: new Float64Array(first.rows),
    scores: new Float32Array(first.scores.length),
  };
  folds.forEach((fold, row) => {
    const { labelled } = nets[fold]!;
    joined.features.set(labelled.features.subarray(row * width, (row + 1) * width), row * width);
    joined.scores.set(labelled.scores.subarray(row * classes, (row + 1) * classes), row * classes);
    joined.predicted[row] = labelled.predicted[row]!;
    joined.coldStart[row] = labelled.coldStart[row]!;
  });
  return joined;
}
