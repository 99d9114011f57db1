import type { ClassTrees } from '../trees/class-trees.js';
import type { TableRows } from '../trees/bins.js';
import type { Tree } from '../trees/tree.js';
import { viewOf } from './column-view.js';
import type { FeatureRows } from './feature-rows.js';
import { seriesViews } from './series-views.js';

/** What trees are grown on. */
export interface TreeColumns {
  readonly points: TableRows;
  /** Of series that are described twice: their values, whatever describes them to the other experts. */
  readonly isOfValues: boolean;
  /** Trees grown on the points as trees of all input features. */
  ofAll(trees: ClassTrees): ClassTrees;
}

export function treeColumns(window: FeatureRows): TreeColumns {
  const columns = seriesViews(window)?.table ?? null;
  const { rows, inputWidth, width, features } = columns === null ? window : viewOf(window, columns);
  return {
    points: { rows, width: inputWidth, stride: width, data: features },
    isOfValues: columns !== null,
    ofAll: (trees) => (columns === null ? trees : placed(trees, columns)),
  };
}

function placed(trees: ClassTrees, columns: Int32Array): ClassTrees {
  const place = (tree: Tree): Tree => ({ ...tree, columns: tree.columns.map((column) => (column < 0 ? column : columns[column]!)) });
  return { ...trees, rounds: trees.rounds.map((round) => round.map(place)) };
}
