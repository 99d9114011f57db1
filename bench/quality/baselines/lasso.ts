import type { Points } from './distances.js';
import { TOLERANCE, initialState, minimizeBound, type LassoState } from './lasso-bound.js';
import type { FailureModel } from './model-path.js';

/** Logistic regression: logit = intercept + x.weights. */
export interface LassoWeights {
  readonly intercept: number;
  readonly weights: Float64Array;
}

const MOST_STEPS = 300;

/**
 * Minimizes sum log loss(failure) + penalty |weights|_1 for each penalty in turn, each from where the last one ended. A step
 * minimizes a quadratic that lies above the log loss everywhere (second derivatives at most 1/4: Boehning and Lindsay 1988), so
 * none needs a line search; the quadratic is minimized by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010). Steps
 * have momentum (Beck and Teboulle 2009) that is dropped where it points uphill (O'Donoghue and Candes 2015).
 */
export function fitLassoPath(points: Points, failures: Uint8Array, penalties: readonly number[]): readonly LassoWeights[] {
  const state = initialState(points, failures);
  return penalties.map((penalty) => {
    descend(state, penalty);
    return { intercept: state.coefficients[0]!, weights: state.coefficients.slice(1) };
  });
}

/** Logits of rows: the model as others see it. */
export function lassoModel({ intercept, weights }: LassoWeights): FailureModel {
  return ({ rows, width, data }) => Float64Array.from({ length: rows }, (_, i) => {
    let z = intercept;
    for (let j = 0; j < width; j++) z += weights[j]! * data[i * width + j]!;
    return z;
  });
}

function descend(state: LassoState, penalty: number): void {
  const { coefficients } = state;
  let last = coefficients.slice();
  let inertia = 1;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const from = coefficients.slice();
    minimizeBound(state, penalty);
    const reached = coefficients.slice();
    if (largestMove(state, last) < TOLERANCE) return;
    const next = pointsUphill(from, reached, last) ? 1 : (1 + Math.sqrt(1 + 4 * inertia * inertia)) / 2;
    const momentum = next === 1 ? 0 : (inertia - 1) / next;
    for (let j = 0; j < coefficients.length; j++) coefficients[j]! += momentum * (reached[j]! - last[j]!);
    inertia = next;
    last = reached;
  }
  coefficients.set(last);
}

/** Whether the step went back on what the momentum had brought. */
function pointsUphill(from: Float64Array, reached: Float64Array, last: Float64Array): boolean {
  let sum = 0;
  for (let j = 0; j < from.length; j++) sum += (from[j]! - reached[j]!) * (reached[j]! - last[j]!);
  return sum > 0;
}

/** The largest decrease, in nats, that the move of a coordinate since `last` is worth. */
function largestMove({ size, coefficients, bound }: LassoState, last: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < size; j++) largest = Math.max(largest, 0.5 * bound[j * size + j]! * (coefficients[j]! - last[j]!) ** 2);
  return largest;
}
