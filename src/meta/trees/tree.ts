import { MOST_BINS, type Bins } from './boosting-bins.js';

/** Levels of splits; 2^3 leaves. */
export const DEPTH = 3;
export const SPLITS = 2 ** DEPTH - 1;
export const LEAVES = 2 ** DEPTH;
/** Ridge of a leaf's value, and the least sum of second derivatives in a leaf. */
const RIDGE = 1;
const LEAST_CURVATURE = 1;

/** A complete binary tree: node n has the children 2n + 1 (values up to the border) and 2n + 2. */
export interface Tree {
  /** SPLITS: the column of each node; -1 where it does not split, and all go to the first child. */
  readonly columns: Int32Array;
  readonly borders: Float32Array;
  /** LEAVES: what each adds to the logit, before the learning rate. */
  readonly values: Float64Array;
}

/** First and second derivatives of the log loss by the logit, one a row. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

const NO_SPLIT: Split = { gain: 1e-9, column: -1, bin: 0 };

/** Grows a tree level by level on histograms (Chen and Guestrin, KDD 2016); `leaves` (rows) receives each row's leaf. */
export function growTree(bins: Bins, derivatives: Derivatives, leaves: Uint8Array): Tree {
  const tree = { columns: new Int32Array(SPLITS).fill(-1), borders: new Float32Array(SPLITS).fill(Infinity), values: new Float64Array(LEAVES) };
  leaves.fill(0);
  for (let level = 0; level < DEPTH; level++) {
    const nodes = 2 ** level;
    const splits = bestSplits(bins, derivatives, leaves, nodes);
    splits.forEach(({ column, bin }, node) => {
      tree.columns[nodes - 1 + node] = column;
      if (column >= 0) tree.borders[nodes - 1 + node] = bins.borders[column * (MOST_BINS - 1) + bin]!;
    });
    for (let i = 0; i < bins.rows; i++) {
      const { column, bin } = splits[leaves[i]!]!;
      leaves[i] = 2 * leaves[i]! + (column >= 0 && bins.codes[column * bins.rows + i]! > bin ? 1 : 0);
    }
  }
  setValues(tree.values, derivatives, leaves);
  return tree;
}

/** The split of the largest gain of each node of a level, the first among equals. */
function bestSplits(bins: Bins, derivatives: Derivatives, nodeOf: Uint8Array, nodes: number): readonly Split[] {
  const best = Array.from({ length: nodes }, () => NO_SPLIT);
  const gradients = new Float64Array(nodes * MOST_BINS);
  const curvatures = new Float64Array(nodes * MOST_BINS);
  for (let column = 0; column < bins.width; column++) {
    fillHistograms(bins, column, derivatives, nodeOf, gradients, curvatures);
    for (let node = 0; node < nodes; node++) {
      const from = node * MOST_BINS;
      best[node] = bestOfColumn(gradients.subarray(from, from + MOST_BINS), curvatures.subarray(from, from + MOST_BINS), column, best[node]!);
    }
  }
  return best;
}

function fillHistograms(
  { rows, codes }: Bins, column: number, derivatives: Derivatives, nodeOf: Uint8Array, gradients: Float64Array, curvatures: Float64Array,
): void {
  const { gradients: ofRows, curvatures: curvaturesOfRows } = derivatives;
  gradients.fill(0);
  curvatures.fill(0);
  for (let i = 0, at = column * rows; i < rows; i++, at++) {
    const bin = nodeOf[i]! * MOST_BINS + codes[at]!;
    gradients[bin]! += ofRows[i]!;
    curvatures[bin]! += curvaturesOfRows[i]!;
  }
}

function bestOfColumn(gradients: Float64Array, curvatures: Float64Array, column: number, best: Split): Split {
  let gradient = 0;
  let curvature = 0;
  for (let b = 0; b < MOST_BINS; b++) {
    gradient += gradients[b]!;
    curvature += curvatures[b]!;
  }
  const whole = scoreOf(gradient, curvature);
  let found = best;
  let left = 0;
  let leftCurvature = 0;
  for (let bin = 0; bin < MOST_BINS - 1; bin++) {
    left += gradients[bin]!;
    leftCurvature += curvatures[bin]!;
    if (leftCurvature < LEAST_CURVATURE || curvature - leftCurvature < LEAST_CURVATURE) continue;
    const gain = scoreOf(left, leftCurvature) + scoreOf(gradient - left, curvature - leftCurvature) - whole;
    if (gain > found.gain) found = { gain, column, bin };
  }
  return found;
}

function scoreOf(gradient: number, curvature: number): number {
  return (gradient * gradient) / (curvature + RIDGE);
}

/** Newton's step of each leaf. */
function setValues(values: Float64Array, { gradients, curvatures }: Derivatives, leaves: Uint8Array): void {
  const sums = new Float64Array(LEAVES).fill(RIDGE);
  for (let i = 0; i < leaves.length; i++) {
    values[leaves[i]!]! -= gradients[i]!;
    sums[leaves[i]!]! += curvatures[i]!;
  }
  for (let leaf = 0; leaf < LEAVES; leaf++) values[leaf]! /= sums[leaf]!;
}
