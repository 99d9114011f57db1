import { createGraphBuilder, type GraphBuilder, type Value } from '../../src/engine/onnx/graph-builder.js';
import { encodeValueInfo, message, writeBytes, writeInteger, writeText } from '../../src/engine/onnx/messages.js';
import type { TensorMap, TensorType, TypedTensor } from '../../src/engine/tensor.js';

/** y = x of any type and one dimension. */
export function identityModel(type: TensorType): Uint8Array {
  const graph = createGraphBuilder();
  graph.output('y', graph.input('x', type, ['n']), type, ['n']);
  return graph.toModel();
}

/** y = x * factor, float32 [n]. */
export function scaleModel(factor: number): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n']);
  graph.output('y', graph.node('Mul', [x, graph.scalar('float32', factor)]), 'float32', ['n']);
  return graph.toModel();
}

/** Fails at run time unless x (float32 [n]) holds exactly four values. */
export function fussyModel(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['n']);
  graph.output('y', graph.node('Reshape', [x, graph.ints([2, 2])]), 'float32', [2, 2]);
  return graph.toModel();
}

const SIDE = 192;

/** Multiplies a matrix by itself `count` times in a Loop and gives the mean of the result, 1/192: slow for nothing. */
export function slowMean(graph: GraphBuilder, count: Value): Value {
  const start = graph.constant({ type: 'float32', dims: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1 / SIDE) });
  const body = graph.subgraph('body');
  body.input('iteration', 'int64', []);
  const condition = body.input('condition', 'bool', []);
  const matrix = body.input('matrix', 'float32', [SIDE, SIDE]);
  const product = body.node('MatMul', [matrix, start]);
  body.output('go_on', condition, 'bool', []);
  body.output('product', product, 'float32', [SIDE, SIDE]);
  const result = graph.node('Loop', [count, graph.scalar('bool', 1), start], { body: body.toSubgraph() });
  return graph.node('ReduceMean', [result], { keepdims: 0 });
}

/** As slow as `count` (int64 scalar) says. */
export function slowModel(): Uint8Array {
  const graph = createGraphBuilder();
  graph.output('y', slowMean(graph, graph.input('count', 'int64', [])), 'float32', []);
  return graph.toModel();
}

export function float32(...values: number[]): TypedTensor<'float32'> {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

export function countTensor(count: number): TensorMap {
  return { count: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(count)) } };
}

/** The model with one more field at the end of its graph: protobuf merges a message field that comes twice. */
export function withGraphField(model: Uint8Array, fieldNumber: number, bytes: Uint8Array): Uint8Array {
  const graph = message();
  writeBytes(graph, fieldNumber, bytes);
  const more = message();
  writeBytes(more, 7, graph.finish());
  return Buffer.concat([model, more.finish()]);
}

function typedValue(name: string, typeField: number, type: Uint8Array): Uint8Array {
  const typeProto = message();
  writeBytes(typeProto, typeField, type);
  const info = message();
  writeText(info, 1, name);
  writeBytes(info, 2, typeProto.finish());
  return info.finish();
}

/** Declares an existing value as a graph output that is a sequence of maps from int64 or string to float32. */
export function withMapsOutput(model: Uint8Array, name: string, key: 'int64' | 'string' = 'int64'): Uint8Array {
  const element = message();
  writeInteger(element, 1, 1);
  const value = message();
  writeBytes(value, 1, element.finish());
  const map = message();
  writeInteger(map, 1, key === 'int64' ? 7 : 8);
  writeBytes(map, 2, value.finish());
  const mapType = message();
  writeBytes(mapType, 5, map.finish());
  const sequence = message();
  writeBytes(sequence, 1, mapType.finish());
  return withGraphField(model, 12, typedValue(name, 4, sequence.finish()));
}

function sequenceValue(name: string): Uint8Array {
  const element = message();
  writeInteger(element, 1, 1);
  const tensor = message();
  writeBytes(tensor, 1, element.finish());
  const sequence = message();
  writeBytes(sequence, 1, tensor.finish());
  return typedValue(name, 4, sequence.finish());
}

/** Declares an existing value as a graph output that is a sequence of float32 tensors. */
export function withSequenceOutput(model: Uint8Array, name: string): Uint8Array {
  return withGraphField(model, 12, sequenceValue(name));
}

/** Declares one more graph input, a sequence of float32 tensors. */
export function withSequenceInput(model: Uint8Array, name: string): Uint8Array {
  return withGraphField(model, 11, sequenceValue(name));
}

function tensorValue(name: string, elementType: number): Uint8Array {
  const tensor = message();
  writeInteger(tensor, 1, elementType);
  return typedValue(name, 1, tensor.finish());
}

/** Declares an existing value as a tensor output, of any element type by its number. */
export function withTensorOutput(model: Uint8Array, name: string, elementType: number): Uint8Array {
  return withGraphField(model, 12, tensorValue(name, elementType));
}

/** Declares one more graph input, a tensor of any element type by its number. */
export function withTensorInput(model: Uint8Array, name: string, elementType: number): Uint8Array {
  return withGraphField(model, 11, tensorValue(name, elementType));
}

/** Declares an existing value as a float32 tensor output of this name. */
export function withFloatOutput(model: Uint8Array, name: string, dims: readonly (number | null)[]): Uint8Array {
  return withGraphField(model, 12, encodeValueInfo(name, 'float32', dims));
}
