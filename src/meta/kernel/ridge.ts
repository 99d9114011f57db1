import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import type { DirectSession } from '../../engine/engine.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Division } from '../linear/folds.js';
import { pickRows } from '../training/pick-rows.js';
import { buildRidgeModel } from './ridge-graph.js';

export interface RidgeProblem {
  /** rows x width, row-major. */
  readonly points: Float32Array;
  readonly width: number;
  /** rows x classes: what the regression is to give. */
  readonly targets: Float32Array;
  readonly classes: number;
  /** Rows to learn from, ascending; the newest of them are taken when they are too many. */
  readonly known: Int32Array;
  /** Times the inverse of the median squared distance: the kernel's gamma. */
  readonly sharpness: number;
}

export interface RidgeFit {
  /** Rows that were learnt from, m of them. */
  readonly learnt: Int32Array;
  /** m x width. */
  readonly centres: Float32Array;
  readonly gamma: number;
  readonly penalty: number;
  /** m x classes. */
  readonly coefficients: Float32Array;
  /** m x classes: what the fit without its fold says of each row that was learnt from. */
  readonly heldOut: Float32Array;
}

export interface RidgeHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Descending, so that each solution is a first guess of the next. Variances of the noise, where a class indicator varies within 1. */
const PENALTIES = [3, 1, 0.3, 0.1, 0.03] as const;
const ITERATIONS = 40;
/** Operations of one iteration, about a fiftieth of a second of one core: bounds time and memory whatever the number of classes is. */
const OPERATIONS = 1.1e9;
const MOST_CENTRES = 3000;
/** Pairs of rows whose distances give the median. */
const PAIRS = 2000;

/** Rows that a fit learns from at most. */
export function mostCentres(classes: number, fits: number): number {
  return Math.min(MOST_CENTRES, Math.floor(Math.sqrt(OPERATIONS / (2 * fits * classes))));
}

/**
 * Kernel ridge regression on class indicators with a Gaussian kernel (regularized least-squares classification: Rifkin, Yeo and Poggio
 * 2003), fitted to all known rows and without each fold of a division; of five penalties the one whose held-out squared error
 * is least.
 */
export async function fitRidge(problem: RidgeProblem, division: Division, hooks: RidgeHooks = {}): Promise<RidgeFit> {
  const { points, width, classes, known } = problem;
  const fits = division.training.length + 1;
  const learnt = known.subarray(Math.max(0, known.length - mostCentres(classes, fits)));
  const centres = pickRows(points, width, learnt);
  const gamma = problem.sharpness / Math.max(1e-12, medianDistance(centres, width, learnt.length));
  const held = Uint8Array.from(learnt, (row) => division.fold[row]!);
  const targets = pickRows(problem.targets, classes, learnt);
  const session = await createDirectSession(
    { bytes: buildRidgeModel({ width, classes, fits, iterations: ITERATIONS }) }, { executionProviders: ['cpu'], intraOpThreads: 1 },
  );
  try {
    const best = await leastError(session, { centres, count: learnt.length, width, targets, classes, fits, held, gamma }, hooks);
    return { learnt, centres, gamma, penalty: best.penalty, coefficients: best.coefficients, heldOut: best.heldOut };
  } finally {
    await session.release();
  }
}

interface Learnt {
  readonly centres: Float32Array;
  readonly count: number;
  readonly width: number;
  readonly targets: Float32Array;
  readonly classes: number;
  /** The last fit is to all rows. */
  readonly fits: number;
  /** Fold of each row. */
  readonly held: Uint8Array;
  readonly gamma: number;
}

interface Solution {
  readonly penalty: number;
  readonly error: number;
  /** count x classes, of the fit to all. */
  readonly coefficients: Float32Array;
  /** count x classes. */
  readonly heldOut: Float32Array;
}

async function leastError(session: DirectSession, learnt: Learnt, { signal, onProgress }: RidgeHooks): Promise<Solution> {
  const { centres, count, width, targets, classes, fits, held, gamma } = learnt;
  const masks = Float32Array.from({ length: count * fits }, (_, i) => (held[Math.floor(i / fits)] === i % fits ? 0 : 1));
  const matrix = (data: Float32Array, columns: number): Tensor => ({ type: 'float32', dims: [count, columns], data });
  const single = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });
  let start: Float32Array = new Float32Array(count * fits * classes);
  let best: Solution | null = null;
  for (const [index, penalty] of PENALTIES.entries()) {
    // A run blocks the thread.
    await nextTurn();
    signal?.throwIfAborted();
    const { solution, fitted } = await session.run({
      points: matrix(centres, width), gamma: single(gamma), targets: matrix(targets, classes), masks: matrix(masks, fits),
      penalty: single(penalty), start: matrix(start, fits * classes),
    });
    if (solution?.type !== 'float32' || fitted?.type !== 'float32') throw new Error('the ridge graph gave no solution');
    start = solution.data;
    const heldOut = pickFits(fitted.data, learnt, (row) => held[row]!);
    const error = squaredError(heldOut, targets);
    if (best === null || error < best.error) best = { penalty, error, heldOut, coefficients: pickFits(solution.data, learnt, () => fits - 1) };
    onProgress?.(index + 1, PENALTIES.length);
  }
  return best!;
}

/** Of each row the columns of one fit. */
function pickFits(values: Float32Array, { count, classes, fits }: Learnt, fitOf: (row: number) => number): Float32Array {
  const picked = new Float32Array(count * classes);
  for (let row = 0; row < count; row++) {
    const from = (row * fits + fitOf(row)) * classes;
    picked.set(values.subarray(from, from + classes), row * classes);
  }
  return picked;
}

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
