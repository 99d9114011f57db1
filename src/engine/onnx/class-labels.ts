import { constantOf, originsOf, producersOf } from './graph-walk.js';
import type { Producers } from './graph-walk.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';
import { labelsOf, zipMapLabels } from './zipmap.js';

type Labels = readonly string[];

/** Operators that hand on a label or a score without a change of class order. */
const PASSING = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Normalizer', 'Softmax']);

/** The labels that a classifier of ai.onnx.ml names. */
function classifierLabels(node: OnnxNode): Labels | null {
  if (node.domain !== 'ai.onnx.ml') return null;
  switch (node.opType) {
    case 'TreeEnsembleClassifier':
      return labelsOf(node.attributes, 'classlabels_int64s', 'classlabels_strings');
    case 'LinearClassifier':
    case 'SVMClassifier':
      return labelsOf(node.attributes, 'classlabels_ints', 'classlabels_strings');
    default:
      return null;
  }
}

/** The labels that a LabelEncoder gives the class indexes 0 to K - 1; null when its keys are others. */
function encoderLabels(node: OnnxNode): Labels | null {
  if (node.domain !== 'ai.onnx.ml' || node.opType !== 'LabelEncoder') return null;
  const keys = node.attributes.ints('keys_int64s');
  const values = labelsOf(node.attributes, 'values_int64s', 'values_strings');
  if (keys === null || values === null) return null;
  const byIndex = new Map(keys.map((key, i) => [Number(key), values[i]]));
  const labels = Array.from(keys, (_, index) => byIndex.get(index));
  return labels.every((label) => label !== undefined) ? labels : null;
}

/** The labels that ArrayFeatureExtractor or Gather picks from by class index. */
function pickedLabels(node: OnnxNode, model: OnnxModel, producers: Producers): Labels | null {
  const picks = node.opType === 'Gather' || (node.opType === 'ArrayFeatureExtractor' && node.domain === 'ai.onnx.ml');
  if (!picks || !comesFromArgMax(node.inputs[1], producers)) return null;
  const table = constantOf(node.inputs[0], model, producers);
  if (table === null) return null;
  return Array.from<string | number | bigint, string>(table.data, String);
}

function comesFromArgMax(name: string | undefined, producers: Producers): boolean {
  for (const node of originsOf(name, producers)) if (!PASSING.has(node.opType)) return node.opType === 'ArgMax';
  return false;
}

/** Follows an output back through operators that keep the class order, to a node that names the classes. */
function labelsBehind(output: string, model: OnnxModel, producers: Producers): Labels | null {
  for (const node of originsOf(output, producers)) {
    const labels = zipMapLabels(node) ?? classifierLabels(node) ?? encoderLabels(node) ?? pickedLabels(node, model, producers);
    if (labels !== null) return labels;
    if (!PASSING.has(node.opType)) return null;
  }
  return null;
}

/**
 * The class labels that the graph itself names, in the order of the probability columns; integers as decimal text. They
 * are those of a ZipMap, else those of the classifier, LabelEncoder or class table that an output comes from. Null when the
 * graph names none.
 */
export function classLabelsOf(model: OnnxModel): readonly string[] | null {
  for (const node of model.nodes) {
    const labels = zipMapLabels(node);
    if (labels !== null) return labels;
  }
  const producers = producersOf(model.nodes);
  for (const output of model.outputs) {
    const labels = labelsBehind(output.name, model, producers);
    if (labels !== null) return labels;
  }
  return null;
}
