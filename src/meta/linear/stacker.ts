import { solveCholesky } from './cholesky.js';
import type { StackerPrior } from './guard.js';
import { logLossOfLogit, sigmoid, weightAt } from './numerics.js';

/** Failure logit z = intercept + sum weights_k z_k over the experts' logits; weights are >= 0. */
export interface StackerWeights {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const MAX_STEPS = 60;
/** A weight this near to 0 counts as held there (the epsilon-active set of the method). */
const ACTIVE = 1e-9;

/**
 * Stacked generalization (Wolpert 1992) with non-negative weights (Breiman 1996) and the guard's prior: minimizes
 * sum log loss(z, failure) + precision/2 |w - w0|^2 + interceptPrecision/2 b^2 over out-of-fold expert logits, by a projected Newton
 * method (Bertsekas 1982). `experts` holds one array of n logits per expert; `rows` restricts the fit (null: all), `weights` multiply the rows' losses.
 */
export function fitStacker(
  experts: readonly Float64Array[], failures: Uint8Array, prior: StackerPrior, rows: Int32Array | null = null,
  weights: Float64Array | null = null,
): StackerWeights {
  const problem = { experts, failures, prior, rows, weights };
  let point: Float64Array = Float64Array.of(0, ...prior.weights.slice(0, experts.length));
  let current = derivatives(problem, point);
  for (let i = 0; i < MAX_STEPS; i++) {
    const step = freeNewtonStep(point, current);
    if (step === null) break;
    const next = search(problem, point, step, current);
    if (next === null) break;
    point = next;
    current = derivatives(problem, point);
  }
  return { intercept: point[0]!, weights: [...point.subarray(1)] };
}

/** The stacked failure logits of all rows. */
export function stack(experts: readonly Float64Array[], { intercept, weights }: StackerWeights): Float64Array {
  const logits = new Float64Array(experts[0]?.length ?? 0).fill(intercept);
  experts.forEach((expert, k) => {
    const weight = weights[k]!;
    for (let i = 0; i < logits.length; i++) logits[i]! += weight * expert[i]!;
  });
  return logits;
}

interface Problem {
  readonly experts: readonly Float64Array[];
  readonly failures: Uint8Array;
  readonly prior: StackerPrior;
  readonly rows: Int32Array | null;
  readonly weights: Float64Array | null;
}

interface Derivatives {
  readonly objective: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** Newton's step over the variables that are not held at the bound 0; null when they have converged. */
function freeNewtonStep(point: Float64Array, { gradient, hessian }: Derivatives): Float64Array | null {
  const size = point.length;
  const free: number[] = [];
  for (let j = 0; j < size; j++) if (j === 0 || point[j]! > ACTIVE || gradient[j]! < 0) free.push(j);
  const m = free.length;
  const a = new Float64Array(m * m);
  const b = Float64Array.from(free, (j) => gradient[j]!);
  free.forEach((j, r) => free.forEach((k, c) => (a[r * m + c] = hessian[j * size + k]!)));
  solveCholesky(a, b, m);
  let decrement = 0;
  const step = new Float64Array(size);
  free.forEach((j, r) => {
    step[j] = b[r]!;
    decrement += b[r]! * gradient[j]!;
  });
  return decrement > 1e-12 ? step : null;
}

/** Halves the step until the projected point lowers the objective; null when none does. */
function search(problem: Problem, from: Float64Array, step: Float64Array, { objective, gradient }: Derivatives): Float64Array | null {
  for (let scale = 1; scale > 1e-10; scale /= 2) {
    const point = from.map((value, j) => (j === 0 ? value - scale * step[j]! : Math.max(0, value - scale * step[j]!)));
    let promised = 0;
    for (let j = 0; j < point.length; j++) promised += gradient[j]! * (from[j]! - point[j]!);
    if (promised > 0 && objectiveAt(problem, point) <= objective - 1e-4 * promised) return point;
  }
  return null;
}

function rowLogit(experts: readonly Float64Array[], point: Float64Array, row: number): number {
  let z = point[0]!;
  for (let k = 0; k < experts.length; k++) z += point[k + 1]! * experts[k]![row]!;
  return z;
}

function penalty(prior: StackerPrior, point: Float64Array): number {
  let sum = 0.5 * prior.interceptPrecision * point[0]! ** 2;
  for (let k = 1; k < point.length; k++) sum += 0.5 * prior.precision * (point[k]! - prior.weights[k - 1]!) ** 2;
  return sum;
}

function objectiveAt({ experts, failures, prior, rows, weights }: Problem, point: Float64Array): number {
  let sum = penalty(prior, point);
  const count = rows === null ? failures.length : rows.length;
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    sum += weightAt(weights, i) * logLossOfLogit(rowLogit(experts, point, i), failures[i]!);
  }
  return sum;
}

function derivatives(problem: Problem, point: Float64Array): Derivatives {
  const { experts, failures, prior, rows, weights } = problem;
  const size = point.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  gradient[0] = prior.interceptPrecision * point[0]!;
  hessian[0] = prior.interceptPrecision;
  for (let k = 1; k < size; k++) {
    gradient[k] = prior.precision * (point[k]! - prior.weights[k - 1]!);
    hessian[k * size + k] = prior.precision;
  }
  let objective = penalty(prior, point);
  const x = new Float64Array(size).fill(1);
  const count = rows === null ? failures.length : rows.length;
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    for (let k = 1; k < size; k++) x[k] = experts[k - 1]![i]!;
    const z = rowLogit(experts, point, i);
    const own = weightAt(weights, i);
    objective += own * logLossOfLogit(z, failures[i]!);
    const p = sigmoid(z);
    const weight = own * p * (1 - p);
    for (let j = 0; j < size; j++) {
      gradient[j]! += own * (p - failures[i]!) * x[j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += weight * x[j]! * x[k]!;
    }
  }
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) hessian[k * size + j] = hessian[j * size + k]!;
  return { objective, gradient, hessian };
}
