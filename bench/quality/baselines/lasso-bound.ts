import { sigmoid } from '../../../src/meta/linear/numerics.js';
import type { Points } from './distances.js';

/** Of the intercept, so that one outcome in a fold does not send it to infinity. */
const INTERCEPT_PRECISION = 0.01;
const MOST_SWEEPS = 100;
/** Decrease of the objective in nats by the move of one coordinate below which it counts as none. */
export const TOLERANCE = 1e-7;

/** A fit in progress; coordinate 0 is the intercept, coordinate j + 1 the weight of column j. */
export interface LassoState {
  readonly points: Points;
  readonly failures: Uint8Array;
  readonly size: number;
  readonly coefficients: Float64Array;
  /** size x size: X^T X / 4 with a column of ones, an upper bound of the log loss's second derivatives. */
  readonly bound: Float64Array;
  readonly gradient: Float64Array;
}

/** The fit at coefficients of 0. */
export function initialState(points: Points, failures: Uint8Array): LassoState {
  const size = points.width + 1;
  return { points, failures, size, coefficients: new Float64Array(size), bound: curvatureBound(points), gradient: new Float64Array(size) };
}

function curvatureBound({ rows, width, data }: Points): Float64Array {
  const size = width + 1;
  const bound = new Float64Array(size * size);
  const x = new Float64Array(size).fill(0.5);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) x[j + 1] = 0.5 * data[i * width + j]!;
    for (let j = 0; j < size; j++) for (let k = 0, line = j * size; k <= j; k++) bound[line + k]! += x[j]! * x[k]!;
  }
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) bound[k * size + j] = bound[j * size + k]!;
  bound[0]! += INTERCEPT_PRECISION;
  return bound;
}

/** Moves the coefficients to the minimum of the bound around them. */
export function minimizeBound(state: LassoState, penalty: number): void {
  setGradient(state);
  for (let sweeps = 0; sweeps < MOST_SWEEPS && sweep(state, penalty) >= TOLERANCE; sweeps++);
}

/** The gradient of the log loss. */
function setGradient({ points: { rows, width, data }, failures, coefficients, gradient }: LassoState): void {
  gradient.fill(0);
  const intercept = coefficients[0]!;
  let ofIntercept = INTERCEPT_PRECISION * intercept;
  for (let i = 0; i < rows; i++) {
    const base = i * width;
    let z = intercept;
    for (let j = 0; j < width; j++) z += coefficients[j + 1]! * data[base + j]!;
    const residual = sigmoid(z) - failures[i]!;
    ofIntercept += residual;
    for (let j = 0; j < width; j++) gradient[j + 1]! += residual * data[base + j]!;
  }
  gradient[0] = ofIntercept;
}

/** Each coordinate to its best value given the others; `gradient` stays that of the quadratic. Returns the largest decrease by one. */
function sweep({ size, coefficients, bound, gradient }: LassoState, penalty: number): number {
  let largest = 0;
  for (let j = 0; j < size; j++) {
    const line = j * size;
    const curvature = bound[line + j]!;
    if (curvature === 0) continue;
    const next = softThreshold(coefficients[j]! * curvature - gradient[j]!, j === 0 ? 0 : penalty) / curvature;
    const step = next - coefficients[j]!;
    if (step === 0) continue;
    coefficients[j] = next;
    for (let k = 0; k < size; k++) gradient[k]! += step * bound[line + k]!;
    largest = Math.max(largest, 0.5 * curvature * step * step);
  }
  return largest;
}

function softThreshold(value: number, threshold: number): number {
  return Math.sign(value) * Math.max(0, Math.abs(value) - threshold);
}
