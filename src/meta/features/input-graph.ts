import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { TensorInfo } from '../../engine/tensor.js';
import { addColours } from './colours.js';
import { addFiniteFeature } from './finite.js';
import { addGradients } from './gradients.js';
import { addGray, addImage } from './graph-image.js';
import type { SideAxes } from './image.js';
import type { FeatureLayout, InputFeature } from './layout.js';
import { addAveragePool } from './pooling.js';
import { addProjection } from './projection.js';
import { addSeries } from './series.js';
import { addTokens } from './tokens.js';
import { dimsAfterBatch, elementsOf, hasBatchAxis } from './row-dims.js';

/** A graph input that takes the hashed texts of a string input: float32 [N, buckets], from `hashStrings` or, of free texts, `hashTexts`. */
export interface HashInput {
  readonly input: string;
  /** Name of the base model's string input. */
  readonly tensor: string;
  readonly buckets: number;
  readonly isText: boolean;
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
    if (feature.method === 'hash' || feature.method === 'text') {
      const input = `metaerr_hash_${index}`;
      hashes.push({ input, tensor: feature.tensor.name, buckets: feature.width, isText: feature.method === 'text' });
      parts.push(graph.input(input, 'float32', [null, feature.width]));
      return;
    }
    const name = `metaerr_in_${index}`;
    feeds[name] = feature.tensor.name;
    if (feature.method === 'tokens') {
      if (feature.mask !== undefined) feeds[maskName(name)] = feature.mask.name;
      parts.push(addTokenFeature(graph, feature, name, batched));
      return;
    }
    parts.push(addTensorFeature(graph, feature, name, batched, index));
  });
  if (parts.length === 0) return { value: null, feeds, hashes };
  const [first] = parts;
  const joined = parts.length === 1 && first !== undefined ? first : graph.node('Concat', parts, { axis: 1 });
  return { value: addFiniteFeature(graph, joined), feeds, hashes };
}

/**
 * float32 [N, width] of one numeric tensor; not yet finite where it is taken as it is. Where the shape of a row is known, the tensor may
 * come in any form that holds its rows one after the other: [1, N] for one number a row, or without a dimension for the only row.
 */
function addTensorFeature(graph: GraphBuilder, feature: InputFeature, name: string, batched: boolean, stream: number): Value {
  const { tensor, width, picture } = feature;
  const row = picture ?? dimsAfterBatch(tensor, batched);
  const hasBatch = picture !== undefined || hasBatchAxis(tensor, batched);
  let value = addRows(graph, tensor, name, row, hasBatch);
  if (tensor.type !== 'float32') value = graph.node('Cast', [value], { to: ELEMENT_TYPE_NUMBERS.float32 });
  if (feature.method === 'identity') return addValues(graph, value);
  const finite = addFiniteFeature(graph, value);
  const dims = [null, ...row];
  const { gradients, colours, pool, series } = feature;
  if (series !== undefined) {
    const happenings = addSeries(graph, finite, row.length, series);
    return series.values === undefined ? happenings : graph.node('Concat', [addValues(graph, value), happenings], { axis: 1 });
  }
  if (colours !== undefined) return addColours(graph, addImage(graph, finite, dims, withBatchAxis(colours, hasBatch)), colours);
  if (gradients !== undefined) return addGradients(graph, addImage(graph, finite, dims, withBatchAxis(gradients, hasBatch)), gradients);
  if (pool === undefined) return addProjection(graph, finite, dims, width, stream);
  const image = addImage(graph, finite, dims, withBatchAxis(pool, hasBatch));
  return addAveragePool(graph, width === pool.height * pool.width ? addGray(graph, image) : image, pool);
}

/** All values of a row, as they are. */
function addValues(graph: GraphBuilder, value: Value): Value {
  return graph.node('Flatten', [value], { axis: 1 });
}

function maskName(name: string): string {
  return `${name}_mask`;
}

/** float32 [N, width] of ids of tokens. */
function addTokenFeature(graph: GraphBuilder, { tensor, mask, width }: InputFeature, name: string, batched: boolean): Value {
  const rowsOf = (info: TensorInfo, input: string, to: number): Value =>
    graph.node('Cast', [addRows(graph, info, input, dimsAfterBatch(info, batched), hasBatchAxis(info, batched))], { to });
  const counts = mask === undefined ? null : rowsOf(mask, maskName(name), ELEMENT_TYPE_NUMBERS.float32);
  return addTokens(graph, rowsOf(tensor, name, ELEMENT_TYPE_NUMBERS.int64), counts, width);
}

/** The axes of an image in the graph, where every tensor has a batch. */
function withBatchAxis({ heightAxis, widthAxis }: SideAxes, hasBatch: boolean): SideAxes {
  return hasBatch ? { heightAxis, widthAxis } : { heightAxis: heightAxis + 1, widthAxis: widthAxis + 1 };
}

function addRows(graph: GraphBuilder, tensor: TensorInfo, name: string, row: readonly (number | null)[], hasBatch: boolean): Value {
  return elementsOf(row).fixed ? addKnownRows(graph, tensor, name, row) : addVariableRows(graph, tensor, name, row, hasBatch);
}

function addKnownRows(graph: GraphBuilder, { type }: TensorInfo, name: string, row: readonly (number | null)[]): Value {
  return graph.node('Reshape', [graph.input(name, type, null), graph.ints([-1, ...row.map((dim) => dim ?? 1)])]);
}

function addVariableRows(graph: GraphBuilder, { type }: TensorInfo, name: string, row: readonly (number | null)[], hasBatch: boolean): Value {
  if (hasBatch) return graph.input(name, type, [null, ...row]);
  return graph.node('Unsqueeze', [graph.input(name, type, row), graph.ints([0])]);
}

/** One 0 for each row of a tensor of any type: what stands for rows that yield no number. */
export function addNothing(graph: GraphBuilder, layout: FeatureLayout, batched: boolean): InputPart {
  const tensor = batched ? layout.inputs[0]?.tensor : undefined;
  if (tensor === undefined) return { value: graph.node('ConstantOfShape', [graph.ints([1, 1])]), feeds: {}, hashes: [] };
  const name = 'metaerr_rows';
  const rows = graph.node('Slice', [graph.node('Shape', [graph.input(name, tensor.type, null)]), graph.ints([0]), graph.ints([1])]);
  const value = graph.node('ConstantOfShape', [graph.node('Concat', [rows, graph.ints([1])], { axis: 0 })]);
  return { value, feeds: { [name]: tensor.name }, hashes: [] };
}
