import { readGraph } from './model-reader.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';
import type { Tensor } from '../tensor.js';

export type Producers = ReadonlyMap<string, OnnxNode>;

/** The nodes of a graph by the names of their outputs. */
export function producersOf(nodes: readonly OnnxNode[]): Producers {
  return new Map(nodes.flatMap((node) => node.outputs.filter((name) => name !== '').map((name) => [name, node] as const)));
}

/**
 * The node that makes a value, then the one that makes that node's first input, and so on. Ends where nothing makes it, or
 * at a node seen before: files of strangers may hold circles.
 */
export function* originsOf(value: string | undefined, producers: Producers): Generator<OnnxNode, void, undefined> {
  const seen = new Set<OnnxNode>();
  let node = producers.get(value ?? '');
  while (node !== undefined && !seen.has(node)) {
    seen.add(node);
    yield node;
    node = producers.get(node.inputs[0] ?? '');
  }
}

/** A small constant of the graph, an initializer or the value of a Constant node; null when there is none. */
export function constantOf(name: string | undefined, model: OnnxModel, producers: Producers): Tensor | null {
  const initializer = model.initializer(name ?? '');
  if (initializer !== null) return initializer;
  const node = producers.get(name ?? '');
  return node?.opType === 'Constant' ? node.attributes.tensor('value') : null;
}

function readInside(graph: Uint8Array, into: Set<string>): void {
  const { nodes, outputs } = readGraph(graph);
  for (const output of outputs) into.add(output.name);
  for (const node of nodes) for (const name of node.inputs) into.add(name);
  readBySubgraphs(nodes, into);
}

/** Every name that the subgraphs of these nodes read. */
export function readBySubgraphs(nodes: readonly OnnxNode[], into = new Set<string>()): Set<string> {
  for (const node of nodes) for (const graph of node.attributes.subgraphs()) readInside(graph, into);
  return into;
}

/** Every name that these nodes or their subgraphs read. */
export function namesRead(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const names = readBySubgraphs(nodes);
  for (const node of nodes) for (const name of node.inputs) names.add(name);
  return names;
}
