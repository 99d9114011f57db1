/** Weights of the base model's log-probabilities and of the nearest-class affinities in the pooled class logits. */
export interface PoolWeights {
  readonly logProbability: number;
  readonly affinity: number;
}

export interface PoolProblem {
  readonly classes: number;
  /** rows x classes, row-major. */
  readonly logProbabilities: Float32Array;
  readonly affinities: Float32Array;
  /** True class of each row. */
  readonly truths: Int32Array;
  /** Rows that take part. */
  readonly rows: Int32Array;
}

/** Weights that the pool is pulled to, and how strongly. */
export interface PoolPrior {
  readonly mean: readonly [logProbability: number, affinity: number];
  readonly precision: readonly [logProbability: number, affinity: number];
}

/** Without labels the pool is the base model itself. */
export const BASE_ALONE: PoolPrior = { mean: [1, 0], precision: [8, 0.5] };
/** Without labels the pool is the geometric mean of both: for an opinion that is worth something without them. */
export const HALF_EACH: PoolPrior = { mean: [0.5, 0.5], precision: [4, 4] };
const MIN_LOG_PROBABILITY_WEIGHT = 0.1;
const MAX_STEPS = 30;

interface Derivatives {
  readonly objective: number;
  readonly gradient: readonly [number, number];
  /** [h_LL, h_LU, h_UU]. */
  readonly hessian: readonly [number, number, number];
}

/**
 * Fits the pool NN = w_L L + w_U U: MAP of the multinomial log loss of the true class under softmax(NN), by Newton's
 * method with step halving, w_L >= 0.1. A logarithmic opinion pool (Genest and Zidek 1986) of base model and neighbours.
 */
export function fitPool(problem: PoolProblem, prior: PoolPrior = BASE_ALONE): PoolWeights {
  const free = minimize(problem, prior, prior.mean, true);
  if (free[0] >= MIN_LOG_PROBABILITY_WEIGHT) return { logProbability: free[0], affinity: free[1] };
  const bound = minimize(problem, prior, [MIN_LOG_PROBABILITY_WEIGHT, Math.max(0, free[1])], false);
  return { logProbability: bound[0], affinity: bound[1] };
}

function minimize(problem: PoolProblem, prior: PoolPrior, start: readonly [number, number], both: boolean): readonly [number, number] {
  const evaluate = (at: readonly [number, number]): Derivatives => evaluatePool(problem, at, prior);
  let point = start;
  let current = evaluate(point);
  for (let i = 0; i < MAX_STEPS; i++) {
    const [gL, gU] = current.gradient;
    const [hLL, hLU, hUU] = current.hessian;
    const determinant = hLL * hUU - hLU * hLU;
    const step: readonly [number, number] = both ? [(hUU * gL - hLU * gU) / determinant, (hLL * gU - hLU * gL) / determinant] : [0, gU / hUU];
    const decrement = step[0] * gL + step[1] * gU;
    if (!(decrement > 1e-10)) break;
    const next = halve(evaluate, point, step, current.objective, decrement);
    if (next === null) break;
    point = next.point;
    current = next.derivatives;
  }
  return point;
}

function halve(
  evaluate: (at: readonly [number, number]) => Derivatives, from: readonly [number, number], step: readonly [number, number], objective: number, decrement: number,
) {
  for (let scale = 1; scale > 1e-9; scale /= 2) {
    const point: readonly [number, number] = [from[0] - scale * step[0], from[1] - scale * step[1]];
    const derivatives = evaluate(point);
    if (derivatives.objective <= objective - 1e-4 * scale * decrement) return { point, derivatives };
  }
  return null;
}

/** Objective, gradient and Hessian at weights (w_L, w_U); public for its test against finite differences. */
export function evaluatePool(
  { classes, logProbabilities, affinities, truths, rows }: PoolProblem, [wL, wU]: readonly [number, number], { mean, precision }: PoolPrior = BASE_ALONE,
): Derivatives {
  const dL = wL - mean[0];
  const dU = wU - mean[1];
  let objective = 0.5 * (precision[0] * dL * dL + precision[1] * dU * dU);
  let gL = precision[0] * dL;
  let gU = precision[1] * dU;
  let hLL: number = precision[0];
  let hLU = 0;
  let hUU: number = precision[1];
  for (const i of rows) {
    const base = i * classes;
    let largest = -Infinity;
    for (let k = base; k < base + classes; k++) largest = Math.max(largest, wL * logProbabilities[k]! + wU * affinities[k]!);
    let sum = 0, sL = 0, sU = 0, sLL = 0, sLU = 0, sUU = 0;
    for (let k = base; k < base + classes; k++) {
      const l = logProbabilities[k]!;
      const u = affinities[k]!;
      const e = Math.exp(wL * l + wU * u - largest);
      sum += e; sL += e * l; sU += e * u;
      sLL += e * l * l; sLU += e * l * u; sUU += e * u * u;
    }
    const truth = base + truths[i]!;
    const meanL = sL / sum;
    const meanU = sU / sum;
    objective += largest + Math.log(sum) - wL * logProbabilities[truth]! - wU * affinities[truth]!;
    gL += meanL - logProbabilities[truth]!;
    gU += meanU - affinities[truth]!;
    hLL += sLL / sum - meanL * meanL;
    hLU += sLU / sum - meanL * meanU;
    hUU += sUU / sum - meanU * meanU;
  }
  return { objective, gradient: [gL, gU], hessian: [hLL, hLU, hUU] };
}
