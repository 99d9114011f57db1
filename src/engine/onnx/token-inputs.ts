import { originsOf, producersOf } from './graph-walk.js';
import type { Producers } from './graph-walk.js';
import type { OnnxGraph, OnnxNode } from './model-reader.js';

/** Operators that hand on ids as they are. */
const PASSING: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Clip', 'Max', 'Min']);
/** A vocabulary has more entries than there are segments of a text, or places in it. */
const LEAST_VOCABULARY = 1000;

/** The rows of the table that a node looks ids up in; null where it is no lookup in a table of the file. */
function tableRows({ opType, inputs }: OnnxNode, graph: OnnxGraph, producers: Producers): number | null {
  if (opType !== 'Gather') return null;
  const [table = ''] = inputs;
  const dims = graph.initializerDims(table) ?? graph.initializerDims(producers.get(table)?.inputs[0] ?? '');
  return dims?.length === 2 ? (dims[0] ?? null) : null;
}

/** The inputs of a graph that are looked up, number by number, in a table of a thousand rows or more: ids of tokens, as tokenizers give them. */
export function tokenInputs(graph: OnnxGraph): ReadonlySet<string> {
  const producers = producersOf(graph.nodes);
  const names = new Set(graph.inputs.map(({ name }) => name));
  const tokens = new Set<string>();
  for (const node of graph.nodes) {
    if ((tableRows(node, graph, producers) ?? 0) < LEAST_VOCABULARY) continue;
    let value = node.inputs[1] ?? '';
    for (const origin of originsOf(value, producers)) {
      if (!PASSING.has(origin.opType)) break;
      value = origin.inputs[0] ?? '';
    }
    if (names.has(value)) tokens.add(value);
  }
  return tokens;
}
