import { bytesOf, fieldsOf } from './fields.js';
import { readEntry } from './model-reader.js';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE, TENSOR } from './numbers.js';

/** Which fields of a message lead to tensors. */
interface Way {
  readonly [field: number]: () => Way | typeof LOCATION;
}

/** The field is an entry of a tensor that names its file. */
const LOCATION = 'location';
const TENSOR_WAY: Way = { [TENSOR.externalData]: () => LOCATION };
const SPARSE_WAY: Way = { [SPARSE.values]: () => TENSOR_WAY, [SPARSE.indices]: () => TENSOR_WAY };
const ATTRIBUTE_WAY: Way = {
  [ATTRIBUTE.tensor]: () => TENSOR_WAY,
  [ATTRIBUTE.tensors]: () => TENSOR_WAY,
  [ATTRIBUTE.graph]: () => GRAPH_WAY,
  [ATTRIBUTE.graphs]: () => GRAPH_WAY,
};
const NODE_WAY: Way = { [NODE.attribute]: () => ATTRIBUTE_WAY };
const GRAPH_WAY: Way = { [GRAPH.node]: () => NODE_WAY, [GRAPH.initializer]: () => TENSOR_WAY, [GRAPH.sparseInitializer]: () => SPARSE_WAY };
const FUNCTION_WAY: Way = { [FUNCTION.node]: () => NODE_WAY };
const MODEL_WAY: Way = { [MODEL.graph]: () => GRAPH_WAY, [MODEL.functions]: () => FUNCTION_WAY };

function gather(message: Uint8Array, way: Way, into: Set<string>): void {
  for (const field of fieldsOf(message)) {
    const next = way[field.number]?.();
    if (next === undefined) continue;
    const bytes = bytesOf(message, field);
    if (next !== LOCATION) {
      gather(bytes, next, into);
      continue;
    }
    const [key, value] = readEntry(bytes);
    if (key === 'location') into.add(value);
  }
}

/** The files that hold values of the model's tensors, relative to its own, each once and in order of first mention. */
export function externalLocations(model: Uint8Array): readonly string[] {
  const locations = new Set<string>();
  gather(model, MODEL_WAY, locations);
  return [...locations];
}
