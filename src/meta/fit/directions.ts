import { gradientProducts } from '../kernel/gradient-products.js';
import { fitRidge, type RidgeHooks } from '../kernel/ridge.js';
import { NO_FOLDS } from '../linear/folds.js';
import { classShares, lessShares } from './class-shares.js';
import { rowsOf, type ColumnSet } from './column-set.js';
import { meanOuterProduct } from './outer-products.js';

/** Rows of inputs and of what the base model says of them. */
export interface BaseRows {
  readonly rows: number;
  /** Xi. */
  readonly transformed: ColumnSet;
  readonly logProbabilities: ColumnSet;
}

/** In which directions of Xi the base model's classes change. */
export interface Directions {
  /** Numbers in Xi. */
  readonly width: number;
  /** width x width, row-major: the average gradient outer product, up to a factor. */
  readonly products: Float64Array;
  /** The same shape: covariance of Xi. */
  readonly covariance: Float64Array;
}

/** Fewer rows say too little of directions. */
const LEAST_ROWS = 500;
const MOST_ROWS = 3000;
/** Gamma by the inverse of the median squared distance. */
const SHARPNESS = 4;
/** No labelled row. */
const NONE = { points: new Float32Array(0), targets: new Float32Array(0), known: new Int32Array(0) };

/**
 * Learns from the base model's own probabilities in which directions of the inputs its classes change: the gradients of a kernel regression that
 * imitates it, on the newest 3,000 rows (recursive feature machines: Radhakrishnan et al., Science 2024, one round). No ground truth is read, so
 * held-out rows stay held out. Null with under 500 rows.
 */
export async function learnDirections({ rows, transformed, logProbabilities }: BaseRows, hooks: RidgeHooks): Promise<Directions | null> {
  if (rows < LEAST_ROWS) return null;
  const from = Math.max(0, rows - MOST_ROWS);
  const [inputs, outputs] = [rowsOf(transformed, from, rows), rowsOf(logProbabilities, from, rows)];
  const [width, classes] = [inputs.width, outputs.width];
  const guesses = outputs.data.map(Math.exp);
  const targets = lessShares(guesses, classShares(NONE.known, NONE.known, classes, guesses));
  const context = { rows: rows - from, points: inputs.data, targets };
  const ridge = await fitRidge({ ...NONE, width, classes, context, sharpness: SHARPNESS }, NO_FOLDS, { signal: hooks.signal });
  const products = await gradientProducts(ridge, width, classes, hooks);
  // Xi is centred already.
  return { width, products, covariance: await meanOuterProduct(inputs, (_, values) => values, { signal: hooks.signal }) };
}
