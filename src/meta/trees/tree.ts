import { MOST_BINS, type Bins, type RareRows } from './bins.js';

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

/** First and second derivatives of a loss by the logit, one a row; a row whose are 0 takes no part, and is given a leaf like any other. */
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

/** Gradient and curvature summed, by node: two numbers each. */
type NodeSums = Float64Array;

/** What the splits of a level are chosen by. */
interface Level {
  readonly bins: Bins;
  readonly derivatives: Derivatives;
  readonly nodeOf: Uint8Array;
  readonly nodes: number;
  readonly wholes: NodeSums;
}

/** The split of the largest gain of each node of a level, the first among equals. */
function bestSplits(bins: Bins, derivatives: Derivatives, nodeOf: Uint8Array, nodes: number): readonly Split[] {
  const best = Array.from({ length: nodes }, () => NO_SPLIT);
  const wholes = new Float64Array(2 * nodes);
  sumByNode(derivatives, nodeOf, null, wholes);
  const level = { bins, derivatives, nodeOf, nodes, wholes };
  const scratch = { gradients: new Float64Array(nodes * MOST_BINS), curvatures: new Float64Array(nodes * MOST_BINS), sums: new Float64Array(2 * nodes) };
  bins.rare.forEach((rare, column) => {
    if (rare === null) splitByHistogram(column, level, scratch, best);
    else if (rare.rows.length > 0) splitIndicator(rare, column, level, scratch.sums, best);
  });
  return best;
}

/** Adds up the derivatives of all rows, or of some of them. */
function sumByNode({ gradients, curvatures }: Derivatives, nodeOf: Uint8Array, rows: Int32Array | null, sums: NodeSums): void {
  sums.fill(0);
  const count = rows === null ? nodeOf.length : rows.length;
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    const at = 2 * nodeOf[i]!;
    sums[at]! += gradients[i]!;
    sums[at + 1]! += curvatures[i]!;
  }
}

/** Tries the one split of a column of two bins in every node. */
function splitIndicator({ bin, rows }: RareRows, column: number, { derivatives, nodeOf, nodes, wholes }: Level, sums: NodeSums, best: Split[]): void {
  sumByNode(derivatives, nodeOf, rows, sums);
  for (let node = 0; node < nodes; node++) {
    const [gradient, curvature] = [wholes[2 * node]!, wholes[2 * node + 1]!];
    const [own, ownCurvature] = [sums[2 * node]!, sums[2 * node + 1]!];
    const gain = bin === 0 ? gainOf(own, ownCurvature, gradient, curvature) : gainOf(gradient - own, curvature - ownCurvature, gradient, curvature);
    if (gain > best[node]!.gain) best[node] = { gain, column, bin: 0 };
  }
}

type Scratch = Derivatives & { readonly sums: NodeSums };

function splitByHistogram(column: number, { bins, derivatives, nodeOf, nodes, wholes }: Level, { gradients, curvatures }: Scratch, best: Split[]): void {
  fillHistograms(bins, column, derivatives, nodeOf, gradients, curvatures);
  for (let node = 0; node < nodes; node++) {
    let [gradient, curvature] = [0, 0];
    for (let bin = 0; bin < MOST_BINS - 1; bin++) {
      gradient += gradients[node * MOST_BINS + bin]!;
      curvature += curvatures[node * MOST_BINS + bin]!;
      const gain = gainOf(gradient, curvature, wholes[2 * node]!, wholes[2 * node + 1]!);
      if (gain > best[node]!.gain) best[node] = { gain, column, bin };
    }
  }
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

/** What a split adds whose lower side has these sums of the node's; 0 where a side would have too little to go by. */
function gainOf(gradient: number, curvature: number, whole: number, wholeCurvature: number): number {
  const above = wholeCurvature - curvature;
  if (curvature < LEAST_CURVATURE || above < LEAST_CURVATURE) return 0;
  return scoreOf(gradient, curvature) + scoreOf(whole - gradient, above) - scoreOf(whole, wholeCurvature);
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
