import type { TableRows } from '../trees/bins.js';
import type { ClassTrees } from '../trees/class-trees.js';
import type { Tree } from '../trees/tree.js';
import { viewOf } from './column-view.js';
import type { FeatureRows } from './feature-rows.js';

/** What trees are grown on: all input features, or the named ones, copied. */
export function treePoints(window: FeatureRows, columns: Int32Array | null): TableRows {
  const { rows, inputWidth, width, features } = columns === null ? window : viewOf(window, columns);
  return { rows, width: inputWidth, stride: width, data: features };
}

/** Trees grown on such points as trees of all input features. */
export function treesOfAll(trees: ClassTrees, columns: Int32Array | null): ClassTrees {
  if (columns === null) return trees;
  const placed = (tree: Tree): Tree => ({ ...tree, columns: tree.columns.map((column) => (column < 0 ? column : columns[column]!)) });
  return { ...trees, rounds: trees.rounds.map((round) => round.map(placed)) };
}
