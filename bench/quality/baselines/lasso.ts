import { sigmoid } from '../../../src/meta/linear/numerics.js';
import type { Points } from './distances.js';
import type { FailureModel } from './model-path.js';

/** Logistic regression: logit = intercept + x.weights. */
export interface LassoWeights {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/** Of the intercept, so that one outcome in a fold does not send it to infinity. */
const INTERCEPT_PRECISION = 0.01;
const MOST_SWEEPS = 500;
/** Decrease of the objective in nats by one coordinate below which a sweep changed nothing. */
const TOLERANCE = 1e-7;

/** The state of a fit; `columns` is width x rows. */
interface State {
  readonly columns: Float32Array;
  readonly failures: Uint8Array;
  readonly weights: Float64Array;
  /** One a coordinate: a bound of the second derivative, sum x^2 / 4. */
  readonly curvatures: Float64Array;
  readonly logits: Float64Array;
  /** Probability - failure. */
  readonly residuals: Float64Array;
  intercept: number;
}

/**
 * Minimizes sum log loss(failure) + penalty |weights|_1 by cyclic coordinate descent for each penalty in turn, each from where the
 * last one ended (Friedman, Hastie and Tibshirani 2010). Every step minimizes a quadratic that lies above the objective
 * (second derivatives of the log loss are at most 1/4), so none needs a line search.
 */
export function fitLassoPath(points: Points, failures: Uint8Array, penalties: readonly number[]): readonly LassoWeights[] {
  const state = initialState(points, failures);
  return penalties.map((penalty) => {
    descend(state, penalty);
    return { intercept: state.intercept, weights: state.weights.slice() };
  });
}

export function lassoModel({ intercept, weights }: LassoWeights): FailureModel {
  return ({ rows, width, data }) => Float64Array.from({ length: rows }, (_, i) => {
    let z = intercept;
    for (let j = 0; j < width; j++) z += weights[j]! * data[i * width + j]!;
    return z;
  });
}

function initialState({ rows, width, data }: Points, failures: Uint8Array): State {
  const columns = new Float32Array(width * rows);
  const curvatures = new Float64Array(width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const value = data[i * width + j]!;
      columns[j * rows + i] = value;
      curvatures[j]! += 0.25 * value * value;
    }
  }
  const residuals = Float64Array.from(failures, (failure) => 0.5 - failure);
  return { columns, failures, curvatures, residuals, logits: new Float64Array(rows), weights: new Float64Array(width), intercept: 0 };
}

/** Sweeps over the coordinates in use until they rest, then over all of them, until those rest too. */
function descend(state: State, penalty: number): void {
  for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps++) {
    if (sweep(state, penalty, false) < TOLERANCE) return;
    while (sweeps < MOST_SWEEPS && sweep(state, penalty, true) >= TOLERANCE) sweeps++;
  }
}

/** One step of each coordinate; returns the largest decrease that one of them brought. */
function sweep(state: State, penalty: number, onlyUsed: boolean): number {
  let largest = stepIntercept(state);
  for (let j = 0; j < state.weights.length; j++) {
    if (onlyUsed && state.weights[j] === 0) continue;
    largest = Math.max(largest, stepWeight(state, j, penalty));
  }
  return largest;
}

function stepIntercept(state: State): number {
  const { residuals } = state;
  let gradient = INTERCEPT_PRECISION * state.intercept;
  for (let i = 0; i < residuals.length; i++) gradient += residuals[i]!;
  const curvature = 0.25 * residuals.length + INTERCEPT_PRECISION;
  const step = -gradient / curvature;
  state.intercept += step;
  for (let i = 0; i < residuals.length; i++) moveRow(state, i, step);
  return 0.5 * curvature * step * step;
}

function stepWeight(state: State, j: number, penalty: number): number {
  const { columns, residuals, weights, curvatures } = state;
  const rows = residuals.length;
  const base = j * rows;
  const curvature = curvatures[j]!;
  if (curvature === 0) return 0;
  let gradient = 0;
  for (let i = 0; i < rows; i++) gradient += residuals[i]! * columns[base + i]!;
  const old = weights[j]!;
  const next = softThreshold(old * curvature - gradient, penalty) / curvature;
  const step = next - old;
  if (step === 0) return 0;
  weights[j] = next;
  for (let i = 0; i < rows; i++) moveRow(state, i, step * columns[base + i]!);
  return 0.5 * curvature * step * step;
}

function moveRow({ logits, residuals, failures }: State, row: number, by: number): void {
  logits[row]! += by;
  residuals[row] = sigmoid(logits[row]!) - failures[row]!;
}

function softThreshold(value: number, threshold: number): number {
  return Math.sign(value) * Math.max(0, Math.abs(value) - threshold);
}
