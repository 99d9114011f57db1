import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import type { DirectSession } from '../../engine/engine.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Division } from '../linear/folds.js';
import { concatenated, pickRows } from '../training/pick-rows.js';
import { gaussiansOf, SESSION } from './gaussians.js';
import { buildRidgeModel } from './ridge-graph.js';
import { mostCentres, planFor, shareCentres, type RidgePlan, type RidgeStep } from './ridge-plan.js';

/** Rows that every fit learns from and none is judged on. */
export interface RidgeContext {
  readonly rows: number;
  /** rows x width, oldest first. */
  readonly points: Float32Array;
  /** rows x classes. */
  readonly targets: Float32Array;
}

export interface RidgeProblem {
  /** rows x width, row-major. */
  readonly points: Float32Array;
  readonly width: number;
  /** What a mirror multiplies each number of a point by, 1 or -1, where rows mean the same in it. */
  readonly signs?: Float32Array | null | undefined;
  /** rows x classes: what the regression is to give. */
  readonly targets: Float32Array;
  readonly classes: number;
  /** Rows to learn from, ascending; the newest of them are taken when they are too many. */
  readonly known: Int32Array;
  readonly context: RidgeContext | null;
  /** Times the inverse of the median squared distance: the kernel's gamma. */
  readonly sharpness: number;
  /** What is tried; by default what suits the rows. */
  readonly plan?: RidgePlan | undefined;
}

export interface RidgeFit extends RidgeStep {
  /** Rows with a fold that were learnt from, l of them. */
  readonly learnt: Int32Array;
  /** m x width: those rows, then those of the context. */
  readonly centres: Float32Array;
  readonly gamma: number;
  /** m x classes. */
  readonly coefficients: Float32Array;
  /** l x classes: what the fit without its fold says of each row that was learnt from. */
  readonly heldOut: Float32Array;
}

export interface RidgeHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A solution that is further from the held-out targets than so many times 0 is has not converged: float32 distances of far outliers are noise. */
const DIVERGED = 100;
/** The fit to all rows knows them better than the fits without them; one that does not has gone astray in float32, though they may have not. */
const MOST_OF_HELD_OUT = 1.05;
/** Pairs of rows whose distances give the median. */
const PAIRS = 2000;

/**
 * Kernel ridge regression on class indicators with a Gaussian kernel (regularized least-squares classification: Rifkin, Yeo and Poggio
 * 2003), fitted to all known rows and without each fold of a division; of the steps of the plan the one whose held-out squared error
 * is least.
 */
export async function fitRidge(problem: RidgeProblem, division: Division, hooks: RidgeHooks = {}): Promise<RidgeFit> {
  const { width, classes, known, context } = problem;
  const plan = problem.plan ?? planFor(known.length, context !== null);
  const fits = division.training.length + 1;
  const share = shareCentres(mostCentres(plan, classes, fits), known.length, context?.rows ?? 0);
  const learnt = known.subarray(known.length - share.labelled);
  const centres = withNewest(pickRows(problem.points, width, learnt), context?.points, share.context * width);
  const targets = withNewest(pickRows(problem.targets, classes, learnt), context?.targets, share.context * classes);
  const count = share.labelled + share.context;
  const gamma = problem.sharpness / Math.max(1e-12, medianDistance(centres, width, count));
  hooks.signal?.throwIfAborted();
  const gram = await gaussiansOf(centres, centres, width, gamma, problem.signs ?? null);
  const session = await createDirectSession({ bytes: buildRidgeModel({ classes, fits, iterations: plan.iterations }) }, SESSION);
  try {
    const held = Uint8Array.from(learnt, (row) => division.fold[row]!);
    const best = await leastError(session, { gram, count, labelled: share.labelled, targets, classes, fits, held }, plan, hooks);
    return { ...best, learnt, centres, gamma };
  } finally {
    await session.release();
  }
}

/** `values` followed by the last `size` numbers of `context`. */
function withNewest(values: Float32Array, context: Float32Array | undefined, size: number): Float32Array {
  return context === undefined || size === 0 ? values : concatenated([values, context.subarray(context.length - size)]);
}

interface Learnt {
  readonly gram: Tensor;
  /** Rows in all, and those of them that have a fold, which come first. */
  readonly count: number;
  readonly labelled: number;
  readonly targets: Float32Array;
  readonly classes: number;
  /** The last fit is to all rows. */
  readonly fits: number;
  /** Fold of each labelled row. */
  readonly held: Uint8Array;
}

type Solution = RidgeStep & Pick<RidgeFit, 'coefficients' | 'heldOut'>;

async function leastError(session: DirectSession, learnt: Learnt, { steps }: RidgePlan, { signal, onProgress }: RidgeHooks): Promise<Solution> {
  const { gram, count, labelled, targets, classes, fits, held } = learnt;
  const masks = Float32Array.from({ length: count * fits }, (_, i) => (held[Math.floor(i / fits)] === i % fits ? 0 : 1));
  const matrix = (data: Float32Array, columns: number): Tensor => ({ type: 'float32', dims: [count, columns], data });
  const nothing = new Float32Array(count * fits * classes);
  const most = DIVERGED * squaredError(new Float32Array(labelled * classes), targets);
  let start: Float32Array = nothing;
  let best: (Solution & { readonly error: number }) | null = null;
  for (const [index, step] of steps.entries()) {
    // A run blocks the thread.
    await nextTurn();
    signal?.throwIfAborted();
    const penalties = new Float32Array(count).fill(step.penalty / step.contextWeight).fill(step.penalty, 0, labelled);
    const { solution, fitted } = await session.run({
      gram, targets: matrix(targets, classes), masks: matrix(masks, fits), penalties: matrix(penalties, 1), start: matrix(start, fits * classes),
    });
    if (solution?.type !== 'float32' || fitted?.type !== 'float32') throw new Error('the ridge graph gave no solution');
    const heldOut = pickFits(fitted.data, labelled, learnt, (row) => held[row]!);
    const error = squaredError(heldOut, targets);
    const coefficients = pickFits(solution.data, count, learnt, () => fits - 1);
    const learntError = squaredError(pickFits(fitted.data, labelled, learnt, () => fits - 1), targets);
    const hasConverged = error <= most && learntError <= MOST_OF_HELD_OUT * error && coefficients.every(Number.isFinite);
    start = hasConverged ? solution.data : nothing;
    if (hasConverged && (best === null || error < best.error)) best = { ...step, error, heldOut, coefficients };
    onProgress?.(index + 1, steps.length);
  }
  // Without a solution the regression says nothing of any row.
  if (best === null) return { ...steps.at(-1)!, heldOut: new Float32Array(labelled * classes), coefficients: new Float32Array(count * classes) };
  const { error: _, ...found } = best;
  return found;
}

/** Of each of the first `rows` rows the columns of one fit. */
function pickFits(values: Float32Array, rows: number, { classes, fits }: Learnt, fitOf: (row: number) => number): Float32Array {
  const picked = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const from = (row * fits + fitOf(row)) * classes;
    picked.set(values.subarray(from, from + classes), row * classes);
  }
  return picked;
}

/** Over the numbers of `a`. */
function squaredError(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Median squared distance of pairs of rows, far apart in the order; 0 with fewer than two rows. */
function medianDistance(points: Float32Array, width: number, count: number): number {
  if (count < 2) return 0;
  const distances = new Float64Array(Math.min(PAIRS, count * 4));
  for (let pair = 0; pair < distances.length; pair++) {
    const a = pair % count;
    const b = (a + 1 + Math.floor((pair * 7919) % (count - 1))) % count;
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (points[a * width + j]! - points[b * width + j]!) ** 2;
    distances[pair] = sum;
  }
  return distances.sort()[Math.floor(distances.length / 2)] ?? 0;
}
