import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addFiniteFeature } from './finite.js';
import type { FeatureLayout, InputFeature } from './layout.js';
import { addAveragePool } from './pooling.js';
import { addProjection } from './projection.js';
import { hasBatchAxis } from './row-dims.js';

/** A graph input that takes the hashed texts of a string input: float32 [N, buckets], from `hashStrings`. */
export interface HashInput {
  readonly input: string;
  /** Name of the base model's string input. */
  readonly tensor: string;
  readonly buckets: number;
}

export interface InputPart {
  /** float32 [N, inputWidth], finite; null when no input yields a number. */
  readonly value: Value | null;
  /** Graph input name to the name of the base model's tensor. */
  readonly feeds: Readonly<Record<string, string>>;
  readonly hashes: readonly HashInput[];
}

/** Adds the input features of a layout to a graph, in the order of the layout. */
export function addInputFeatures(graph: GraphBuilder, layout: FeatureLayout, batched: boolean): InputPart {
  const feeds: Record<string, string> = {};
  const hashes: HashInput[] = [];
  const parts: Value[] = [];
  layout.inputs.forEach((feature, index) => {
    if (feature.method === 'skip') return;
    if (feature.method === 'hash') {
      const input = `metaerr_hash_${index}`;
      hashes.push({ input, tensor: feature.tensor.name, buckets: feature.width });
      parts.push(graph.input(input, 'float32', [null, feature.width]));
      return;
    }
    const name = `metaerr_in_${index}`;
    feeds[name] = feature.tensor.name;
    parts.push(addTensorFeature(graph, feature, name, batched, index));
  });
  if (parts.length === 0) return { value: null, feeds, hashes };
  const [first] = parts;
  const joined = parts.length === 1 && first !== undefined ? first : graph.node('Concat', parts, { axis: 1 });
  return { value: addFiniteFeature(graph, joined), feeds, hashes };
}

/** float32 [N, width] of one numeric tensor; not yet finite where it is taken as it is. */
function addTensorFeature(graph: GraphBuilder, feature: InputFeature, name: string, batched: boolean, stream: number): Value {
  const { tensor, width } = feature;
  const hasBatch = hasBatchAxis(tensor, batched);
  const dims = hasBatch ? [null, ...tensor.dims.slice(1)] : [1, ...tensor.dims];
  let value = graph.input(name, tensor.type, hasBatch ? dims : tensor.dims);
  if (!hasBatch) value = graph.node('Unsqueeze', [value, graph.ints([0])]);
  if (tensor.type !== 'float32') value = graph.node('Cast', [value], { to: ELEMENT_TYPE_NUMBERS.float32 });
  if (feature.method === 'identity') return graph.node('Flatten', [value], { axis: 1 });
  const finite = addFiniteFeature(graph, value);
  if (feature.pool === undefined) return addProjection(graph, finite, dims, width, stream);
  const shift = hasBatch ? 0 : 1;
  const pool = { ...feature.pool, heightAxis: feature.pool.heightAxis + shift, widthAxis: feature.pool.widthAxis + shift };
  return addAveragePool(graph, finite, dims, pool, width);
}
