import { createGraphBuilder } from '../../../../src/engine/onnx/graph-builder.js';
import type { AttributeValue } from '../../../../src/engine/onnx/graph-builder.types.js';
import type { Tree } from './grow-tree.js';

export interface ForestShape {
  /** Shape of one row; its product is the number of features. */
  readonly inputShape: readonly number[];
  readonly width: number;
  readonly classes: number;
}

/** Lists of the operator TreeEnsembleClassifier: one entry a node, and one for each class of each leaf. */
function ensembleAttributes(trees: readonly Tree[], classes: number): Record<string, AttributeValue> {
  const nodes = { tree: [] as number[], id: [] as number[], feature: [] as number[], value: [] as number[], lower: [] as number[], upper: [] as number[], mode: [] as string[] };
  const leaves = { tree: [] as number[], id: [] as number[], truth: [] as number[], weight: [] as number[] };
  trees.forEach((tree, index) => {
    tree.features.forEach((feature, id) => {
      nodes.tree.push(index);
      nodes.id.push(id);
      nodes.feature.push(Math.max(0, feature));
      nodes.value.push(tree.thresholds[id] ?? 0);
      nodes.lower.push(tree.lower[id] ?? 0);
      nodes.upper.push(tree.upper[id] ?? 0);
      nodes.mode.push(feature < 0 ? 'LEAF' : 'BRANCH_LEQ');
      for (const [truth, share] of tree.shares[id] ?? []) {
        leaves.tree.push(index);
        leaves.id.push(id);
        leaves.truth.push(truth);
        leaves.weight.push(share / trees.length);
      }
    });
  });
  return {
    nodes_treeids: nodes.tree, nodes_nodeids: nodes.id, nodes_featureids: nodes.feature, nodes_values: { floats: nodes.value },
    nodes_modes: nodes.mode, nodes_truenodeids: nodes.lower, nodes_falsenodeids: nodes.upper,
    class_treeids: leaves.tree, class_nodeids: leaves.id, class_ids: leaves.truth, class_weights: { floats: leaves.weight },
    classlabels_int64s: Array.from({ length: classes }, (_, truth) => truth), post_transform: 'NONE',
  };
}

/** The forest's ONNX bytes: `input` float32 (batch, ...inputShape) to `probabilities` float32 (batch, classes). */
export function exportForest(trees: readonly Tree[], { inputShape, width, classes }: ForestShape): Uint8Array {
  const graph = createGraphBuilder({ prefix: 'forest_' });
  const input = graph.input('input', 'float32', ['batch', ...inputShape]);
  const flat = inputShape.length === 1 ? input : graph.node('Reshape', [input, graph.ints([-1, width])]);
  const [, probabilities] = graph.nodes('TreeEnsembleClassifier', [flat], 2, ensembleAttributes(trees, classes), 'ai.onnx.ml');
  if (probabilities === undefined) throw new Error('a tree ensemble has two outputs');
  graph.output('probabilities', probabilities, 'float32', ['batch', classes]);
  return graph.toModel();
}
