/** Pseudo-labels that a student is trained on, beside the labelled rows. */
export interface Selection {
  /** Indexes of unlabelled rows. */
  readonly rows: Int32Array;
  /** Labels of all unlabelled rows; those of `rows` are used. */
  readonly labels: Int32Array;
}

/** Indexes of the `count` rows with the lowest scores; of equal scores the earlier row comes first. */
export function least(scores: Float64Array, count: number): Int32Array {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
  return order.slice(0, count);
}

/** Indexes of the rows with a score of at most the threshold. */
export function upTo(scores: Float64Array, threshold: number): Int32Array {
  return Int32Array.from(scores.keys()).filter((row) => scores[row]! <= threshold);
}

export function wrongIn({ rows, labels }: Selection, truths: Int32Array): number {
  return rows.reduce((sum, row) => sum + (labels[row] === truths[row] ? 0 : 1), 0);
}
