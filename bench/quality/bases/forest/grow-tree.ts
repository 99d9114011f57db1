import type { Random } from '../../../../src/meta/training/random.js';
import { SplitFinder } from './best-split.js';
import type { SplitPoint } from './best-split.js';
import type { BinnedRows } from './binning.js';

/** Nodes in the order of their making; node 0 is the root. */
export interface Tree {
  /** -1 at a leaf. */
  readonly features: number[];
  /** Rows with a value of at most this go to `lower`. */
  readonly thresholds: number[];
  readonly lower: number[];
  readonly upper: number[];
  /** Shares of the classes that occur at a leaf; empty at an inner node. */
  readonly shares: (readonly (readonly [truth: number, share: number])[])[];
}

interface Pending {
  readonly node: number;
  readonly rows: Int32Array;
}

/** Grows trees until the leaves are pure, each on its own draw of the rows (Breiman 2001, "Random Forests"). */
export class TreeGrower {
  readonly #data: BinnedRows;
  readonly #truths: Int32Array;
  readonly #classes: number;
  readonly #finder: SplitFinder;

  constructor(data: BinnedRows, truths: Int32Array, classes: number) {
    this.#data = data;
    this.#truths = truths;
    this.#classes = classes;
    this.#finder = new SplitFinder(data, truths, classes);
  }

  grow(random: Random): Tree {
    const tree: Tree = { features: [], thresholds: [], lower: [], upper: [], shares: [] };
    const drawn = Int32Array.from({ length: this.#data.rows }, () => random.int(this.#data.rows));
    const pending: Pending[] = [{ node: addLeaf(tree), rows: drawn }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) pending.push(...this.#work(tree, next, random));
    return tree;
  }

  /** Splits a node, or makes it a leaf; gives the nodes that were added. */
  #work(tree: Tree, { node, rows }: Pending, random: Random): Pending[] {
    const counts = new Float64Array(this.#classes);
    for (const row of rows) {
      const truth = this.#truths[row] ?? 0;
      counts[truth] = (counts[truth] ?? 0) + 1;
    }
    const split = counts.some((count) => count === rows.length) ? null : this.#choose(rows, counts, random);
    if (split === null) {
      tree.shares[node] = Array.from(counts.entries()).filter(([, count]) => count > 0).map(([truth, count]) => [truth, count / rows.length] as const);
      return [];
    }
    const start = split.feature * this.#data.rows;
    const isLower = (row: number): boolean => (this.#data.bins[start + row] ?? 0) <= split.bin;
    tree.features[node] = split.feature;
    tree.thresholds[node] = this.#data.edges[split.feature]?.[split.bin] ?? 0;
    const children = [rows.filter(isLower), rows.filter((row) => !isLower(row))].map((part) => ({ node: addLeaf(tree), rows: part }));
    tree.lower[node] = children[0]?.node ?? 0;
    tree.upper[node] = children[1]?.node ?? 0;
    return children;
  }

  /** The best of sqrt(width) features that can split, in random order. */
  #choose(rows: Int32Array, counts: Float64Array, random: Random): SplitPoint | null {
    const { width } = this.#data;
    const order = Int32Array.from({ length: width }, (_, feature) => feature);
    let wanted = Math.max(1, Math.round(Math.sqrt(width)));
    let best: SplitPoint | null = null;
    for (let drawn = 0; drawn < width && wanted > 0; drawn++) {
      const other = drawn + random.int(width - drawn);
      const feature = order[other] ?? 0;
      order[other] = order[drawn] ?? 0;
      const split = this.#finder.find(rows, counts, feature);
      if (split === null) continue;
      wanted--;
      if (best === null || split.purity > best.purity) best = split;
    }
    return best;
  }
}

function addLeaf(tree: Tree): number {
  tree.features.push(-1);
  tree.thresholds.push(0);
  tree.lower.push(0);
  tree.upper.push(0);
  return tree.shares.push([]) - 1;
}
