import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { beside, filled } from '../experts/operators.js';
import { LEARNING_RATE, logitCount, type ClassTrees } from './class-trees.js';
import { SPLITS, type Tree } from './tree.js';

/** The nodes of all trees, as TreeEnsembleRegressor wants them: one entry a node in each list. */
interface EnsembleNodes {
  readonly trees: number[];
  readonly ids: number[];
  readonly columns: number[];
  readonly borders: number[];
  readonly modes: string[];
  readonly below: number[];
  readonly above: number[];
}

/** The leaves: which logit each adds to, and how much. */
interface EnsembleLeaves {
  readonly trees: number[];
  readonly ids: number[];
  readonly logits: number[];
  readonly values: number[];
}

/** Emits the logarithms of the class probabilities (N x classes) of rows by their input features (N x width). A missing value goes where values up to the border go. */
export function emitClassLogs(graph: GraphBuilder, inputs: Value, trees: ClassTrees): Value {
  const { classes } = trees;
  const logits = emitTreeSums(graph, inputs, trees);
  const all = logitCount(classes) === classes ? logits : beside(graph, [filled(graph, inputs, 1, 0), logits]);
  return graph.node('LogSoftmax', [all], { axis: 1 });
}

/** N x outputs: where each output starts, and what the trees of all rounds add to it. */
export function emitTreeSums(graph: GraphBuilder, inputs: Value, { start, rounds }: Pick<ClassTrees, 'start' | 'rounds'>): Value {
  const nodes: EnsembleNodes = { trees: [], ids: [], columns: [], borders: [], modes: [], below: [], above: [] };
  const leaves: EnsembleLeaves = { trees: [], ids: [], logits: [], values: [] };
  rounds.flat().forEach((tree, number) => new TreeWriter(tree, number, number % start.length, nodes, leaves).write(0));
  return graph.node('TreeEnsembleRegressor', [inputs], {
    n_targets: start.length,
    base_values: { floats: [...start] },
    nodes_treeids: nodes.trees,
    nodes_nodeids: nodes.ids,
    nodes_featureids: nodes.columns,
    nodes_values: { floats: nodes.borders },
    nodes_modes: nodes.modes,
    nodes_truenodeids: nodes.below,
    nodes_falsenodeids: nodes.above,
    nodes_missing_value_tracks_true: nodes.ids.map(() => 1),
    target_treeids: leaves.trees,
    target_nodeids: leaves.ids,
    target_ids: leaves.logits,
    target_weights: { floats: leaves.values },
  }, 'ai.onnx.ml');
}

/** Writes one tree, without the nodes that do not split. */
class TreeWriter {
  #next = 0;

  constructor(
    readonly tree: Tree, readonly number: number, readonly logit: number, readonly nodes: EnsembleNodes, readonly leaves: EnsembleLeaves,
  ) {}

  /** Writes what is below a node of the complete tree, and gives its number in the written one. */
  write(node: number): number {
    if (node < SPLITS && this.tree.columns[node]! < 0) return this.write(2 * node + 1);
    const id = this.#next++;
    return node < SPLITS ? this.#split(node, id) : this.#leaf(node, id);
  }

  #split(node: number, id: number): number {
    const place = this.#add(id, this.tree.columns[node]!, this.tree.borders[node]!, 'BRANCH_LEQ');
    this.nodes.below[place] = this.write(2 * node + 1);
    this.nodes.above[place] = this.write(2 * node + 2);
    return id;
  }

  #leaf(node: number, id: number): number {
    this.#add(id, 0, 0, 'LEAF');
    this.leaves.trees.push(this.number);
    this.leaves.ids.push(id);
    this.leaves.logits.push(this.logit);
    this.leaves.values.push(LEARNING_RATE * this.tree.values[node - SPLITS]!);
    return id;
  }

  #add(id: number, column: number, border: number, mode: string): number {
    this.nodes.trees.push(this.number);
    this.nodes.ids.push(id);
    this.nodes.columns.push(column);
    this.nodes.borders.push(border);
    this.nodes.modes.push(mode);
    this.nodes.below.push(0);
    return this.nodes.above.push(0) - 1;
  }
}
