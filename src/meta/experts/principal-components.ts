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

/** Columns of one kind differ less: of pictures, embeddings, texts and projections that were looked at none varied 20 times as much as the middle one. */
const UNLIKE = 1000;

/**
 * What columns that are not of one kind, as one varies over 1,000 times as much as the middle one, are divided by before their components are taken:
 * whatever brings those that vary more down to the middle one. Null where they are of one kind. Undivided, the components would be those of whatever has
 * the largest unit, as the numbers beside a text have. Columns that vary less stay as they are: what hardly varies must not be blown up.
 */
export function columnUnits(covariance: Float64Array, dimension: number): Float64Array | null {
  const variances = Float64Array.from({ length: dimension }, (_, j) => covariance[j * (dimension + 1)]!);
  const varying = variances.filter((variance) => variance > 0).sort();
  const middle = varying[varying.length >> 1] ?? 0;
  if ((varying.at(-1) ?? 0) <= UNLIKE * middle) return null;
  return variances.map((variance) => Math.sqrt(Math.max(1, variance / middle)));
}

/** The components of columns each divided by its unit: a centred row, not divided, times them gives the components. */
export function principalComponentsIn(units: Float64Array, covariance: Float64Array, dimension: number, count: number): PrincipalComponents | null {
  const found = principalComponents(covariance.map((value, i) => value / units[Math.floor(i / dimension)]! / units[i % dimension]!), dimension, count);
  return found === null ? null : { ...found, projection: found.projection.map((value, i) => value / units[Math.floor(i / count)]!) };
}

/**
 * Takes the `count` leading components of `covariance` (d x d, row-major, symmetric). Signs are fixed: the largest element
 * of each eigenvector is positive. Null when nothing varies.
 */
export function principalComponents(covariance: Float64Array, dimension: number, count: number): PrincipalComponents | null {
  return projectionOn(eigenpairs(covariance, dimension), count);
}

/** An eigenvalue of a covariance matrix, the variance along its eigenvector of length 1. */
export interface Eigenpair {
  readonly variance: number;
  readonly vector: ArrayLike<number>;
}

/** Of `covariance` (d x d, row-major, symmetric), the largest first. */
export function eigenpairs(covariance: Float64Array, dimension: number): readonly Eigenpair[] {
  if (dimension === 0) return [];
  const rows = Array.from({ length: dimension }, (_, i) => covariance.subarray(i * dimension, (i + 1) * dimension));
  const { realEigenvalues, eigenvectorMatrix } = new EVD(rows, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]! || a - b);
  return order.map((k) => ({ variance: realEigenvalues[k]!, vector: eigenvectorMatrix.getColumn(k) }));
}

/** The first `count` eigenvectors as components. Null when nothing varies. */
export function projectionOn(pairs: readonly Eigenpair[], count: number): PrincipalComponents | null {
  const deviation = Math.sqrt(Math.max(0, pairs[0]?.variance ?? 0));
  if (!(deviation > 1e-12)) return null;
  const dimension = pairs[0]!.vector.length;
  const projection = new Float32Array(dimension * count);
  for (let c = 0; c < count; c++) {
    const { vector } = pairs[c]!;
    const scale = signOf(vector) / deviation;
    for (let j = 0; j < dimension; j++) projection[j * count + c] = vector[j]! * scale;
  }
  return { projection, count };
}

function signOf(vector: ArrayLike<number>): 1 | -1 {
  let largest = 0;
  for (let j = 0; j < vector.length; j++) if (Math.abs(vector[j]!) > Math.abs(largest)) largest = vector[j]!;
  return largest < 0 ? -1 : 1;
}
