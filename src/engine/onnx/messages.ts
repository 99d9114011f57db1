import protobuf from 'protobufjs/minimal.js';
import type { Tensor, TensorType } from '../tensor.js';
import { ELEMENT_TYPE_NUMBERS, rawBytes } from './elements.js';
import type { AttributeValue, Dimension } from './graph-builder.types.js';

const { Writer } = protobuf;
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

export type Encoder = protobuf.Writer;

function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

/** Starts an empty message. */
export function message(): Encoder {
  return Writer.create();
}

export function writeText(to: Encoder, number: number, text: string): void {
  to.uint32(field(number, BYTES)).string(text);
}

export function writeBytes(to: Encoder, number: number, bytes: Uint8Array): void {
  to.uint32(field(number, BYTES)).bytes(bytes);
}

/** Tag and length before a length-delimited value. */
export function writeHeader(number: number, length: number): Uint8Array {
  return message().uint32(field(number, BYTES)).uint32(length).finish();
}

/** A bigint in the two halves that the writer takes, exact beyond 2^53. */
function longOf(value: bigint): protobuf.Long {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: false };
}

export function writeInteger(to: Encoder, number: number, value: number | bigint): void {
  to.uint32(field(number, VARINT)).int64(typeof value === 'bigint' ? longOf(value) : value);
}

/** A TensorProto with its values as raw little-endian bytes (texts as string_data). */
export function encodeTensor(name: string, tensor: Tensor): Uint8Array {
  const to = message();
  for (const dim of tensor.dims) writeInteger(to, 1, dim);
  writeInteger(to, 2, ELEMENT_TYPE_NUMBERS[tensor.type]);
  if (name !== '') writeText(to, 8, name);
  if (tensor.type === 'string') for (const text of tensor.data) writeText(to, 6, text);
  else writeBytes(to, 9, rawBytes(tensor));
  return to.finish();
}

function encodeShape(dims: readonly Dimension[]): Uint8Array {
  const shape = message();
  for (const dim of dims) {
    const dimension = message();
    if (typeof dim === 'number') writeInteger(dimension, 1, dim);
    else if (dim !== null) writeText(dimension, 2, dim);
    writeBytes(shape, 1, dimension.finish());
  }
  return shape.finish();
}

/** A ValueInfoProto of a dense tensor; `dims` null declares no shape. */
export function encodeValueInfo(name: string, type: TensorType, dims: readonly Dimension[] | null): Uint8Array {
  const tensorType = message();
  writeInteger(tensorType, 1, ELEMENT_TYPE_NUMBERS[type]);
  if (dims !== null) writeBytes(tensorType, 2, encodeShape(dims));
  const typeProto = message();
  writeBytes(typeProto, 1, tensorType.finish());
  const info = message();
  writeText(info, 1, name);
  writeBytes(info, 2, typeProto.finish());
  return info.finish();
}

function writeFloat(to: Encoder, number: number, value: number): void {
  to.uint32(field(number, FIXED32)).float(value);
}

/** Writes the value's field and returns its AttributeProto.AttributeType. */
function writeAttributeValue(to: Encoder, value: AttributeValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') {
    writeInteger(to, 3, value);
    return ATTRIBUTE.int;
  }
  if (typeof value === 'string') {
    writeText(to, 4, value);
    return ATTRIBUTE.string;
  }
  if (Array.isArray(value)) return writeListAttribute(to, value as readonly (number | bigint | string)[]);
  return writeObjectAttribute(to, value as Exclude<AttributeValue, number | bigint | string | readonly unknown[]>);
}

function writeListAttribute(to: Encoder, values: readonly (number | bigint | string)[]): number {
  for (const value of values) {
    if (typeof value === 'string') writeText(to, 9, value);
    else writeInteger(to, 8, value);
  }
  return typeof values[0] === 'string' ? ATTRIBUTE.strings : ATTRIBUTE.ints;
}

function writeObjectAttribute(to: Encoder, value: Exclude<AttributeValue, number | bigint | string | readonly unknown[]>): number {
  if ('float' in value) {
    writeFloat(to, 2, value.float);
    return ATTRIBUTE.float;
  }
  if ('floats' in value) {
    for (const each of value.floats) writeFloat(to, 7, each);
    return ATTRIBUTE.floats;
  }
  if ('graph' in value) {
    writeBytes(to, 6, value.graph);
    return ATTRIBUTE.graph;
  }
  writeBytes(to, 5, encodeTensor('', value));
  return ATTRIBUTE.tensor;
}

/** An AttributeProto. */
export function encodeAttribute(name: string, value: AttributeValue): Uint8Array {
  const to = message();
  writeText(to, 1, name);
  const type = writeAttributeValue(to, value);
  writeInteger(to, 20, type);
  return to.finish();
}

export interface NodeParts {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  /** The empty text, ai.onnx, by default. */
  readonly domain?: string;
  /** AttributeProto messages. */
  readonly attributes?: readonly Uint8Array[];
}

/** A NodeProto. */
export function encodeNode({ opType, inputs, outputs, name = '', domain = '', attributes = [] }: NodeParts): Uint8Array {
  const to = message();
  for (const input of inputs) writeText(to, 1, input);
  for (const output of outputs) writeText(to, 2, output);
  if (name !== '') writeText(to, 3, name);
  writeText(to, 4, opType);
  for (const attribute of attributes) writeBytes(to, 5, attribute);
  if (domain !== '') writeText(to, 7, domain);
  return to.finish();
}
