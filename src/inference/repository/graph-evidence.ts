import { classLabelsOf } from '../../engine/onnx/class-labels.js';
import type { ServedOutput } from '../../engine/onnx/carried-outputs.js';
import { originsOf, producersOf, type Producers } from '../../engine/onnx/graph-walk.js';
import { metadataLabelsOf } from '../../engine/onnx/metadata-labels.js';
import type { OnnxModel, OnnxNode } from '../../engine/onnx/model-reader.js';
import { textInputs } from '../../engine/onnx/text-inputs.js';
import { tokenInputs } from '../../engine/onnx/token-inputs.js';
import type { GraphEvidence } from '../config/evidence.js';

/** Operators that change the form of scores or scale each row to a sum of 1, but not what they mean. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Dropout', 'Normalizer']);

/** Operators that pick a part of their first input. */
const SELECTING: ReadonlySet<string> = new Set(['Slice', 'Gather', 'GatherElements', 'GatherND', 'ArrayFeatureExtractor', 'Split']);
/** Operators that pick the best of many, as detectors do: what they give has no class of its own in each place. */
const RANKING: ReadonlySet<string> = new Set(['TopK', 'NonMaxSuppression', 'NonZero']);
/** Nodes that are looked at behind an index. */
const MOST_STEPS = 30;

function comesFromRanking(value: string | undefined, madeBy: Producers): boolean {
  let steps = 0;
  for (const origin of originsOf(value, madeBy)) {
    if (RANKING.has(origin.opType)) return true;
    if (++steps > MOST_STEPS) return false;
  }
  return false;
}

/** Whether a value is picked by a ranking, or by an index that comes from one, as far as operators only pick and join. */
function isPickedByRank(value: string, madeBy: Producers): boolean {
  let steps = 0;
  for (const node of originsOf(value, madeBy)) {
    if (RANKING.has(node.opType)) return true;
    if (SELECTING.has(node.opType) && comesFromRanking(node.inputs[1], madeBy)) return true;
    if (!SELECTING.has(node.opType) && !TRANSPARENT.has(node.opType) && node.opType !== 'Concat') return false;
    if (++steps > MOST_STEPS) return false;
  }
  return false;
}

/** The values of the graph as it is in the file that outputs stand for which the file does not have. */
function originsOfServed(served: readonly ServedOutput[]): ReadonlyMap<string, string> {
  const pairs = served.flatMap(({ change, names }): [string, string][] => {
    const tensors = change.kind === 'replaced' ? change.tensors : change.kind === 'added' ? [change.tensor] : [];
    return names.flatMap((name, index): [string, string][] => (tensors[index] === undefined ? [] : [[name, tensors[index]]]));
  });
  return new Map(pairs);
}

function elementsOf(served: readonly ServedOutput[]): readonly string[] {
  const sequences = served.filter(({ change, names }) => change.kind === 'replaced' && change.form === 'elements' && names.length > 1);
  return sequences.flatMap(({ names }) => names);
}

/** What the completion of a configuration asks of a graph; `model` is as in the file, `served` the outputs that are served instead of its own. */
export function graphEvidence(model: OnnxModel, served: readonly ServedOutput[]): GraphEvidence {
  const madeBy = producersOf(model.nodes);
  const origins = originsOfServed(served);
  /** The node that gives a value its meaning; undefined where none does, as for an input that is handed on. */
  const originOf = (output: string): OnnxNode | undefined => {
    let node = madeBy.get(origins.get(output) ?? output);
    // A graph has no cycle, but a broken file may: every step uses up one node.
    for (let steps = model.nodes.length; steps > 0 && node !== undefined && TRANSPARENT.has(node.opType); steps--) node = madeBy.get(node.inputs[0] ?? '');
    return node;
  };
  /** As `originOf`, but a part of sigmoids is sigmoids. */
  const makerOf = (output: string): string | null => {
    const node = originOf(output);
    const parted = node !== undefined && SELECTING.has(node.opType) ? originOf(node.inputs[0] ?? '') : undefined;
    return parted?.opType === 'Sigmoid' ? 'Sigmoid' : (node?.opType ?? null);
  };
  const made = (output: string) => originOf(output)?.opType ?? 'Constant';
  const outputs = [...model.outputs.map(({ name }) => name), ...served.flatMap(({ names }) => names)];
  return {
    classLabels: classLabelsOf(model),
    metadataLabels: metadataLabelsOf(model.metadata),
    unlikely: new Set([...elementsOf(served), ...outputs.filter((output) => made(output) === 'Constant' || isPickedByRank(origins.get(output) ?? output, madeBy))]),
    texts: textInputs(model),
    tokens: tokenInputs(model),
    producer: model.producer,
    makerOf,
  };
}
