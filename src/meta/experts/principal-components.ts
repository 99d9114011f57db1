import { EVD } from 'ml-matrix';

/**
 * The leading eigenvectors of a covariance matrix (Pearson 1901), divided by ONE number, the standard deviation along the first, so that
 * the components keep their relative spread (no whitening).
 */
export interface PrincipalComponents {
  /** d x count, row-major: a centred row times this gives its components. */
  readonly projection: Float32Array;
  readonly count: number;
}

/**
 * Takes the `count` leading components of `covariance` (d x d, row-major, symmetric). Signs are fixed: the largest element
 * of each eigenvector is positive. Null when nothing varies.
 */
export function principalComponents(covariance: Float64Array, dimension: number, count: number): PrincipalComponents | null {
  const rows = Array.from({ length: dimension }, (_, i) => covariance.subarray(i * dimension, (i + 1) * dimension));
  const { realEigenvalues, eigenvectorMatrix } = new EVD(rows, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]! || a - b);
  const deviation = Math.sqrt(Math.max(0, realEigenvalues[order[0] ?? 0] ?? 0));
  if (!(deviation > 1e-12)) return null;
  const projection = new Float32Array(dimension * count);
  for (let c = 0; c < count; c++) {
    const vector = eigenvectorMatrix.getColumn(order[c]!);
    const scale = signOf(vector) / deviation;
    for (let j = 0; j < dimension; j++) projection[j * count + c] = vector[j]! * scale;
  }
  return { projection, count };
}

function signOf(vector: readonly number[]): 1 | -1 {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
