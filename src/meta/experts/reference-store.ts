/** Labelled inputs that distances are measured to, sorted by class. */
export interface ReferenceStore {
  readonly classes: number;
  /** Stored points of each class. */
  readonly counts: Int32Array;
  readonly width: number;
  /** size x width, row-major: the distance part of Xi. */
  readonly points: Float32Array;
  /** Position in the store of each row of the window; -1 when it is not stored. */
  readonly positions: Int32Array;
  readonly size: number;
  /** What a mirror multiplies each number of a point by, 1 or -1; null: rows mean something else in it. */
  readonly signs: Float32Array | null;
}

/**
 * Stores the newest `maxRows` rows that have a class. `transformed` is rows x `stride` (Xi), of which the first `width` are
 * kept; `labels` holds the class of each row, negative for none; rows are oldest first.
 */
export function buildReferenceStore(
  transformed: Float32Array, stride: number, width: number, labels: Int32Array, classes: number, maxRows: number, signs: Float32Array | null = null,
): ReferenceStore {
  const chosen: number[] = [];
  for (let i = labels.length - 1; i >= 0 && chosen.length < maxRows; i--) if (labels[i]! >= 0) chosen.push(i);
  chosen.sort((a, b) => labels[a]! - labels[b]! || a - b);
  const counts = new Int32Array(classes);
  const points = new Float32Array(chosen.length * width);
  const positions = new Int32Array(labels.length).fill(-1);
  chosen.forEach((row, position) => {
    counts[labels[row]!]!++;
    positions[row] = position;
    points.set(transformed.subarray(row * stride, row * stride + width), position * width);
  });
  return { classes, counts, width, points, positions, size: chosen.length, signs: signs?.subarray(0, width) ?? null };
}
