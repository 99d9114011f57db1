/** Class probabilities of rows, and which of them take part in a fit. */
export interface ProbabilityRows {
  readonly classes: number;
  /** rows x classes, row-major. */
  readonly probabilities: Float64Array;
  readonly failures: Uint8Array;
  /** Rows that take part. */
  readonly chosen: Int32Array;
}

/** Weight of the failures against the successes. */
const FAILURE_WEIGHT = 0.5;

/**
 * classes x classes: the closed form of Rel-U's matrix, relu(w mean_failures p p^T - (1 - w) mean_successes p p^T) off the
 * diagonal, zero on it, of Frobenius norm 1. The Gini matrix (ones off the diagonal) where that leaves nothing or an outcome
 * has no row.
 */
export function relUMatrix(data: ProbabilityRows): Float64Array {
  const { classes } = data;
  const failed = meanProducts(data, 1);
  const succeeded = meanProducts(data, 0);
  const matrix = new Float64Array(classes * classes);
  if (failed !== null && succeeded !== null) {
    for (let j = 0; j < matrix.length; j++) matrix[j] = Math.max(0, FAILURE_WEIGHT * failed[j]! - (1 - FAILURE_WEIGHT) * succeeded[j]!);
  }
  clearDiagonal(matrix, classes);
  if (!(norm(matrix) > 0)) clearDiagonal(matrix.fill(1), classes);
  const size = norm(matrix);
  return size > 0 ? matrix.map((value) => value / size) : matrix;
}

/** rows: p^T D p. */
export function relUScores(probabilities: Float64Array, classes: number, matrix: Float64Array): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, i) => {
    const base = i * classes;
    let total = 0;
    for (let j = 0; j < classes; j++) {
      let line = 0;
      for (let k = 0; k < classes; k++) line += matrix[j * classes + k]! * probabilities[base + k]!;
      total += probabilities[base + j]! * line;
    }
    return total;
  });
}

/** classes x classes: mean of p p^T over the chosen rows of an outcome; null without such a row. */
function meanProducts({ classes, probabilities, failures, chosen }: ProbabilityRows, outcome: number): Float64Array | null {
  const sums = new Float64Array(classes * classes);
  let count = 0;
  for (const row of chosen) {
    if (failures[row] !== outcome) continue;
    count++;
    const base = row * classes;
    for (let j = 0; j < classes; j++) {
      const p = probabilities[base + j]!;
      for (let k = 0; k < classes; k++) sums[j * classes + k]! += p * probabilities[base + k]!;
    }
  }
  return count === 0 ? null : sums.map((sum) => sum / count);
}

function clearDiagonal(matrix: Float64Array, classes: number): void {
  for (let j = 0; j < classes; j++) matrix[j * classes + j] = 0;
}

function norm(matrix: Float64Array): number {
  let squares = 0;
  for (const value of matrix) squares += value * value;
  return Math.sqrt(squares);
}
