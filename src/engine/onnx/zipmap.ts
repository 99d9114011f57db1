import type { Attributes } from './attributes.js';
import { originsOf, producersOf } from './graph-walk.js';
import type { Producers } from './graph-walk.js';
import { readGraph, readModel } from './model-reader.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';
import { rewriteOutputs } from './rewrite.js';
import type { OutputDeclaration } from './rewrite.js';

export interface ReplacedOutput {
  /** The graph output that was a sequence of maps. */
  readonly output: string;
  /** The float32 [N, K] tensor behind it, a graph output now. */
  readonly tensor: string;
  /** K class labels in the order of the columns; integers as decimal text. */
  readonly classLabels: readonly string[];
}

export interface UnsupportedOutput {
  readonly output: string;
  readonly reason: string;
}

export interface ZipMapReplacement {
  /** The model as it can be served; the very bytes that were given when nothing was replaced. */
  readonly bytes: Uint8Array;
  readonly replaced: readonly ReplacedOutput[];
  /** Outputs that are neither tensors nor the output of a ZipMap: they stay, and the engine cannot serve them. */
  readonly unsupported: readonly UnsupportedOutput[];
}

/** Class labels of an attribute pair such as `classlabels_int64s` and `classlabels_strings`; integers as decimal text. */
export function labelsOf(attributes: Attributes, integers: string, texts: string): readonly string[] | null {
  return attributes.strings(texts) ?? attributes.ints(integers)?.map(String) ?? null;
}

export function zipMapLabels(node: OnnxNode): readonly string[] | null {
  return isZipMap(node) ? labelsOf(node.attributes, 'classlabels_int64s', 'classlabels_strings') : null;
}

function isZipMap(node: OnnxNode): boolean {
  return node.opType === 'ZipMap' && node.domain === 'ai.onnx.ml';
}

/** The ZipMap behind an output, through Identity nodes. */
function zipMapBehind(output: string, producers: Producers): { zipMap: OnnxNode; passed: readonly OnnxNode[] } | null {
  const passed: OnnxNode[] = [];
  for (const node of originsOf(output, producers)) {
    if (isZipMap(node)) return { zipMap: node, passed };
    if (node.opType !== 'Identity') return null;
    passed.push(node);
  }
  return null;
}

/** Every name that a node of the graph or of a subgraph reads. */
function namesRead(nodes: readonly OnnxNode[], into = new Set<string>()): ReadonlySet<string> {
  for (const node of nodes) {
    for (const name of node.inputs) into.add(name);
    for (const graph of node.attributes.subgraphs()) {
      const { nodes: inner, outputs } = readGraph(graph);
      namesRead(inner, into);
      for (const output of outputs) into.add(output.name);
    }
  }
  return into;
}

/** Names of the outputs of nodes that nothing needs when these outputs of the graph are gone. */
function droppable(model: OnnxModel, goneOutputs: ReadonlySet<string>, candidates: readonly OnnxNode[]): ReadonlySet<string> {
  const dropped = new Set<OnnxNode>();
  const kept = new Set(model.outputs.map((output) => output.name).filter((name) => !goneOutputs.has(name)));
  for (;;) {
    const read = namesRead(model.nodes.filter((node) => !dropped.has(node)));
    const more = candidates.filter((node) => !dropped.has(node) && node.outputs.every((name) => !read.has(name) && !kept.has(name)));
    if (more.length === 0) return new Set([...dropped].flatMap((node) => node.outputs));
    for (const node of more) dropped.add(node);
  }
}

interface Plan {
  readonly replaced: ReplacedOutput[];
  readonly unsupported: UnsupportedOutput[];
  readonly candidates: OnnxNode[];
}

function planOf(model: OnnxModel): Plan {
  const producers = producersOf(model.nodes);
  const plan: Plan = { replaced: [], unsupported: [], candidates: [] };
  for (const { name, kind } of model.outputs) {
    if (kind === 'tensor') continue;
    const found = zipMapBehind(name, producers);
    // An output whose type is not declared is typed by the engine.
    if (kind === 'unknown' && found === null) continue;
    const tensor = found?.zipMap.inputs[0];
    const classLabels = found === null ? null : zipMapLabels(found.zipMap);
    if (found === null || tensor === undefined || classLabels === null) {
      plan.unsupported.push({ output: name, reason: unsupportedReason(kind, producers.get(name)) });
      continue;
    }
    plan.replaced.push({ output: name, tensor, classLabels });
    plan.candidates.push(found.zipMap, ...found.passed);
  }
  return plan;
}

function unsupportedReason(kind: string, producer: OnnxNode | undefined): string {
  const origin = producer === undefined ? '' : ` made by ${producer.opType}`;
  return `it is a ${kind}${origin}; only tensors, and sequences of maps made by ZipMap, can be served`;
}

/**
 * Puts the tensor behind a ZipMap in the place of its sequence of maps, which onnxruntime-node cannot read (scikit-learn
 * classifiers converted with default options). The tensor keeps its own name; `replaced` maps the old output to it.
 * `model` is what `readModel(bytes)` returned. Throws when the bytes are no ONNX model.
 */
export function replaceZipMaps(bytes: Uint8Array, model: OnnxModel = readModel(bytes)): ZipMapReplacement {
  const { replaced, unsupported, candidates } = planOf(model);
  if (replaced.length === 0) return { bytes, replaced, unsupported };
  const gone = new Set(replaced.map(({ output }) => output));
  const dropped = droppable(model, gone, candidates);
  const declared = new Set(model.outputs.map((output) => output.name));
  const rewritten = rewriteOutputs(bytes, {
    dropNode: (node) => node.outputs.length > 0 && node.outputs.every((name) => dropped.has(name)),
    output(name) {
      const replacement = replaced.find(({ output }) => output === name);
      if (replacement === undefined) return 'keep';
      // The tensor may be an output already, of its own or through another ZipMap.
      if (declared.has(replacement.tensor)) return 'drop';
      declared.add(replacement.tensor);
      return declarationOf(replacement);
    },
  });
  return { bytes: rewritten, replaced, unsupported };
}

function declarationOf({ tensor, classLabels }: ReplacedOutput): OutputDeclaration {
  // ZipMap is defined on tensor(float) only.
  return { name: tensor, type: 'float32', dims: [null, classLabels.length] };
}
