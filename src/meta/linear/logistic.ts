import { solveCholesky } from './cholesky.js';
import { coefficientCount, rowLogit, type Design } from './design.js';
import { logLossOfLogit, sigmoid, weightAt } from './numerics.js';

/** Independent normal priors of the coefficients. */
export interface GaussianPrior {
  readonly mean: Float64Array;
  /** 1 / variance, > 0. */
  readonly precision: Float64Array;
}

export interface LogisticFit {
  readonly coefficients: Float64Array;
  /** Negative log posterior (up to a constant) at the coefficients. */
  readonly objective: number;
  /** Largest absolute element of the gradient there. */
  readonly gradient: number;
  readonly steps: number;
}

const MAX_STEPS = 30;
const MAX_HALVINGS = 40;
/** Newton decrement below which the fit has converged. */
const TOLERANCE = 1e-13;

/**
 * MAP logistic regression: minimizes sum log loss(F w) + 1/2 sum precision (w - mean)^2 over the given rows by Newton's
 * method with step halving (undamped Newton diverges with few rows and confident logits). `start` is where it
 * begins (default: the prior mean); the optimum is unique, so it changes only the number of steps. `weights` multiply the rows' losses.
 */
export function fitLogistic(
  design: Design, failures: Uint8Array, prior: GaussianPrior, rows: Int32Array | null = null, start: Float64Array = prior.mean,
  weights: Float64Array | null = null,
): LogisticFit {
  const size = coefficientCount(design);
  const problem = { design, failures, prior, rows, weights };
  let coefficients: Float64Array = Float64Array.from(start);
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let objective = derivatives(problem, coefficients, gradient, hessian);
  let steps = 0;
  for (; steps < MAX_STEPS; steps++) {
    const step = Float64Array.from(gradient);
    solveCholesky(hessian, step, size);
    const decrement = dot(step, gradient);
    if (!(decrement > TOLERANCE)) break;
    const next = halveUntilLower(problem, coefficients, step, objective, decrement);
    if (next === null) break;
    coefficients = next;
    objective = derivatives(problem, coefficients, gradient, hessian);
  }
  return { coefficients, objective, gradient: maxAbs(gradient), steps };
}

interface Problem {
  readonly design: Design;
  readonly failures: Uint8Array;
  readonly prior: GaussianPrior;
  readonly rows: Int32Array | null;
  readonly weights: Float64Array | null;
}

/** The largest of the steps 1, 1/2, 1/4, ... that lowers the objective enough (Armijo), or null when none does. */
function halveUntilLower(problem: Problem, from: Float64Array, step: Float64Array, objective: number, decrement: number): Float64Array | null {
  let scale = 1;
  for (let i = 0; i < MAX_HALVINGS; i++) {
    const candidate = from.map((value, j) => value - scale * step[j]!);
    if (objectiveAt(problem, candidate) <= objective - 1e-4 * scale * decrement) return candidate;
    scale /= 2;
  }
  return null;
}

function objectiveAt({ design, failures, prior, rows, weights }: Problem, coefficients: Float64Array): number {
  const count = rows === null ? design.rows : rows.length;
  let sum = penalty(prior, coefficients);
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    sum += weightAt(weights, i) * logLossOfLogit(rowLogit(design, coefficients, i), failures[i]!);
  }
  return sum;
}

function penalty(prior: GaussianPrior, coefficients: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < coefficients.length; j++) sum += 0.5 * prior.precision[j]! * (coefficients[j]! - prior.mean[j]!) ** 2;
  return sum;
}

/** Fills gradient and Hessian (lower triangle) and returns the objective. */
function derivatives(
  { design, failures, prior, rows, weights }: Problem, coefficients: Float64Array, gradient: Float64Array, hessian: Float64Array,
): number {
  const { width, dense, category } = design;
  const size = gradient.length;
  hessian.fill(0);
  for (let j = 0; j < size; j++) {
    gradient[j] = prior.precision[j]! * (coefficients[j]! - prior.mean[j]!);
    hessian[j * size + j] = prior.precision[j]!;
  }
  let sum = penalty(prior, coefficients);
  const count = rows === null ? design.rows : rows.length;
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    const z = rowLogit(design, coefficients, i);
    const own = weightAt(weights, i);
    sum += own * logLossOfLogit(z, failures[i]!);
    const p = sigmoid(z);
    const residual = own * (p - failures[i]!);
    const weight = own * p * (1 - p);
    const base = i * width;
    for (let j = 0; j < width; j++) {
      const x = dense[base + j]!;
      gradient[j]! += residual * x;
      const wx = weight * x;
      const line = j * size;
      for (let k = 0; k <= j; k++) hessian[line + k]! += wx * dense[base + k]!;
    }
    // The indicator block of the Hessian is diagonal, so a categorical column costs one line whatever its size.
    if (category !== null) {
      const c = width + category[i]!;
      gradient[c]! += residual;
      const line = c * size;
      hessian[line + c]! += weight;
      for (let k = 0; k < width; k++) hessian[line + k]! += weight * dense[base + k]!;
    }
  }
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function maxAbs(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
