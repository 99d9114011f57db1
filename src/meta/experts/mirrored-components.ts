import type { MirroredColumns } from '../features/layout.js';
import { eigenpairs, projectionOn, type Eigenpair, type PrincipalComponents } from './principal-components.js';

/** Components each of which is the same in a mirror, or the opposite. */
export interface MirroredComponents {
  readonly components: PrincipalComponents;
  /** 1 or -1: what a mirror multiplies each component by. */
  readonly signs: Float32Array;
}

/** Column `place` of every row, and, where there is one, the other that takes its place in the mirror. */
interface Axis {
  readonly place: number;
  readonly other: number | null;
  /** Of `other`. */
  readonly sign: 1 | -1;
}

/** The mean of the rows and their mirror images. */
export function mirroredMean(mean: Float32Array, mirror: MirroredColumns): Float32Array {
  return mean.map((value, i) => (value + Math.sign(mirror[i]!) * mean[Math.abs(mirror[i]!) - 1]!) / 2);
}

/**
 * The principal components of the rows and their mirror images together: the space falls apart into what a mirror leaves as it is and what it turns
 * around, and no component stands across. `covariance` is that of the rows around the mean of both. Null when nothing varies.
 */
export function mirroredComponents(covariance: Float64Array, mirror: MirroredColumns, count: number): MirroredComponents | null {
  const pairs = ([1, -1] as const).flatMap((parity) => {
    const axes = axesOf(mirror, parity);
    return eigenpairs(covarianceOn(covariance, mirror.length, axes), axes.length).map((pair) => ({ ...spread(pair, axes, mirror.length), parity }));
  });
  pairs.sort((a, b) => b.variance - a.variance || b.parity - a.parity);
  const components = projectionOn(pairs, count);
  return components === null ? null : { components, signs: Float32Array.from({ length: count }, (_, c) => pairs[c]!.parity) };
}

/** An orthonormal basis of what a mirror multiplies by `parity`: columns that stay in their place, and sums or differences of two that change places. */
function axesOf(mirror: MirroredColumns, parity: 1 | -1): readonly Axis[] {
  return mirror.flatMap((column, place): Axis[] => {
    const [other, sign] = [Math.abs(column) - 1, column > 0 ? 1 : -1] as const;
    if (other === place) return sign === parity ? [{ place, other: null, sign }] : [];
    return other < place ? [] : [{ place, other, sign: sign === parity ? 1 : -1 }];
  });
}

function covarianceOn(covariance: Float64Array, dimension: number, axes: readonly Axis[]): Float64Array {
  const result = new Float64Array(axes.length ** 2);
  const weights = axes.map(weightsOf);
  weights.forEach((a, i) => {
    weights.forEach((b, j) => {
      let sum = 0;
      for (const [p, weight] of a) for (const [q, factor] of b) sum += weight * factor * covariance[p * dimension + q]!;
      result[i * axes.length + j] = sum;
    });
  });
  return result;
}

function weightsOf({ place, other, sign }: Axis): readonly (readonly [place: number, weight: number])[] {
  return other === null ? [[place, 1]] : [[place, Math.SQRT1_2], [other, sign * Math.SQRT1_2]];
}

/** The same eigenvector in all columns. */
function spread({ variance, vector }: Eigenpair, axes: readonly Axis[], dimension: number): Eigenpair {
  const all = new Float64Array(dimension);
  axes.forEach((axis, i) => {
    for (const [place, weight] of weightsOf(axis)) all[place] = weight * vector[i]!;
  });
  return { variance, vector: all };
}
