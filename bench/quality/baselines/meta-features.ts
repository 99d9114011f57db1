import type { LabelledRows, Rows } from '../baseline.js';
import { classProbabilities } from './class-scores.js';
import type { Points } from './distances.js';
import { fitScaledColumns, type ScaledColumns } from './scaled-columns.js';

/** The features of UQ360's meta-model of rows: scaled inputs, scaled sorted class probabilities and margin. */
export type MetaFeatures = (rows: Rows) => Promise<Points>;

/** Fits the scales on the labelled rows; null where nothing varies. */
export function fitMetaFeatures(labelled: LabelledRows): MetaFeatures | null {
  const { rows, inputWidth, inputs, classes } = labelled;
  if (rows === 0) return null;
  const fromInputs = inputWidth === 0 ? null : fitScaledColumns(inputs, rows, inputWidth);
  const fromOutputs = fitScaledColumns(sortedWithMargin(labelled), rows, classes + 1);
  if (fromInputs === null && fromOutputs === null) return null;
  return async (queried) => besides(queried.rows, [
    await partOf(fromInputs, queried.inputs),
    await partOf(fromOutputs, sortedWithMargin(queried)),
  ]);
}

/** rows x (classes + 1): the class probabilities in ascending order, then the difference of the two largest. */
export function sortedWithMargin(rows: Rows): Float32Array {
  const { classes } = rows;
  const probabilities = classProbabilities(rows);
  const features = new Float32Array(rows.rows * (classes + 1));
  for (let i = 0; i < rows.rows; i++) {
    const sorted = probabilities.subarray(i * classes, (i + 1) * classes).sort();
    features.set(sorted, i * (classes + 1));
    features[i * (classes + 1) + classes] = sorted[classes - 1]! - (sorted[classes - 2] ?? 0);
  }
  return features;
}

interface Part {
  readonly width: number;
  readonly data: Float32Array;
}

async function partOf(columns: ScaledColumns | null, data: Float32Array): Promise<Part> {
  return columns === null ? { width: 0, data: new Float32Array(0) } : { width: columns.width, data: await columns.apply(data) };
}

function besides(rows: number, parts: readonly Part[]): Points {
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const data = new Float32Array(rows * width);
  let offset = 0;
  for (const part of parts) {
    for (let i = 0; i < rows; i++) data.set(part.data.subarray(i * part.width, (i + 1) * part.width), i * width + offset);
    offset += part.width;
  }
  return { rows, width, data };
}
