import type { OnnxNode } from './model-reader.js';

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
