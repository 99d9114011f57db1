import { logit, sigmoid } from '../../../src/meta/linear/numerics.js';
import { binColumns } from '../../../src/meta/trees/bins.js';
import { DEPTH, SPLITS, growTree, type Tree } from '../../../src/meta/trees/tree.js';
import type { Points } from './distances.js';
import type { FailureModel } from './model-path.js';

const LEARNING_RATE = 0.1;

/** Failure logit = base + learning rate times the sum of the trees. */
export interface BoostedTrees {
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** Gradient boosting of the log loss (Friedman 2001) with second derivatives: `count` trees of depth 3, learning rate 0.1. */
export function boostTrees(points: Points, failures: Uint8Array, count: number): BoostedTrees {
  const bins = binColumns({ ...points, stride: points.width });
  const failed = failures.reduce((sum, failure) => sum + failure, 0);
  // Half a row of each outcome keeps a fold of one outcome finite.
  const base = logit((failed + 0.5) / (failures.length + 1));
  const logits = new Float64Array(points.rows).fill(base);
  const derivatives = { gradients: new Float64Array(points.rows), curvatures: new Float64Array(points.rows) };
  const leaves = new Uint8Array(points.rows);
  const trees: Tree[] = [];
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < points.rows; i++) {
      const p = sigmoid(logits[i]!);
      derivatives.gradients[i] = p - failures[i]!;
      derivatives.curvatures[i] = p * (1 - p);
    }
    const tree = growTree(bins, derivatives, leaves);
    for (let i = 0; i < points.rows; i++) logits[i]! += LEARNING_RATE * tree.values[leaves[i]!]!;
    trees.push(tree);
  }
  return { base, trees };
}

/** The model of the first `count` trees. */
export function boostedModel({ base, trees }: BoostedTrees, count: number): FailureModel {
  const used = trees.slice(0, count);
  return ({ rows, width, data }) => Float64Array.from({ length: rows }, (_, i) => {
    let z = base;
    for (const tree of used) z += LEARNING_RATE * tree.values[leafOf(tree, data, i * width)]!;
    return z;
  });
}

/** The leaf of the row that starts at `from`. */
function leafOf({ columns, borders }: Tree, data: Float32Array, from: number): number {
  let node = 0;
  for (let level = 0; level < DEPTH; level++) {
    const column = columns[node]!;
    node = 2 * node + (column >= 0 && data[from + column]! > borders[node]! ? 2 : 1);
  }
  return node - SPLITS;
}
