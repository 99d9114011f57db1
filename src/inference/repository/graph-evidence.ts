import type { OnnxModel, OnnxNode } from '../../engine/onnx/model-reader.js';
import type { GraphEvidence } from '../config/evidence.js';

/** Operators that change the form of scores or scale each row to a sum of 1, but not what they mean. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Dropout', 'Normalizer']);

function producers(model: OnnxModel): ReadonlyMap<string, OnnxNode> {
  return new Map(model.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** What the completion of a configuration asks of a graph. `classLabels` are those that the graph declares. */
export function graphEvidence(model: OnnxModel, classLabels: readonly string[] | null): GraphEvidence {
  const madeBy = producers(model);
  return {
    classLabels,
    makerOf(output) {
      let node = madeBy.get(output);
      // A graph has no cycle, but a broken file may: every step uses up one node.
      for (let steps = model.nodes.length; steps > 0 && node !== undefined && TRANSPARENT.has(node.opType); steps--) {
        node = madeBy.get(node.inputs[0] ?? '') ?? undefined;
      }
      return node?.opType ?? null;
    },
  };
}
