import { MetaErrError } from '../../src/core/errors.js';
import type { TensorType } from '../../src/engine/tensor.js';
import type { DecodedRequest, LoadedModel } from '../../src/inference/contracts.js';
import { createInferExchange } from '../../src/inference/oip/infer-exchange.js';

/** A value of a tensor as plain data: a bit pattern for float16, a bigint for 64-bit integers. */
export type Plain = number | bigint | boolean | string;

/** Names and sizes of the wire, written down a second time. */
export const WIRE: Readonly<Record<TensorType, { readonly datatype: string; readonly bytes: number }>> = {
  bool: { datatype: 'BOOL', bytes: 1 },
  int8: { datatype: 'INT8', bytes: 1 },
  int16: { datatype: 'INT16', bytes: 2 },
  int32: { datatype: 'INT32', bytes: 4 },
  int64: { datatype: 'INT64', bytes: 8 },
  uint8: { datatype: 'UINT8', bytes: 1 },
  uint16: { datatype: 'UINT16', bytes: 2 },
  uint32: { datatype: 'UINT32', bytes: 4 },
  uint64: { datatype: 'UINT64', bytes: 8 },
  float16: { datatype: 'FP16', bytes: 2 },
  float32: { datatype: 'FP32', bytes: 4 },
  float64: { datatype: 'FP64', bytes: 8 },
  string: { datatype: 'BYTES', bytes: 0 },
};
export const TYPES = Object.keys(WIRE) as TensorType[];

/** Binary data, value by value. */
export function binaryOf(type: TensorType, values: readonly Plain[]): Buffer {
  return Buffer.concat(values.map((value) => (type === 'string' ? elementOf(String(value)) : numberOf(type, value))));
}

function elementOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function numberOf(type: TensorType, value: Plain): Buffer {
  const buffer = Buffer.alloc(WIRE[type].bytes);
  if (type === 'int64') buffer.writeBigInt64LE(BigInt(value));
  else if (type === 'uint64') buffer.writeBigUInt64LE(BigInt(value));
  else if (type === 'float32') buffer.writeFloatLE(Number(value));
  else if (type === 'float64') buffer.writeDoubleLE(Number(value));
  else if (type.startsWith('int')) buffer.writeIntLE(Number(value), 0, buffer.length);
  else buffer.writeUIntLE(Number(value), 0, buffer.length);
  return buffer;
}

/** The values of binary data, value by value. */
export function plainOf(type: TensorType, bytes: Uint8Array): Plain[] {
  const buffer = Buffer.from(bytes);
  const values: Plain[] = [];
  for (let at = 0; at < buffer.length; ) {
    const size = type === 'string' ? 4 + buffer.readUInt32LE(at) : WIRE[type].bytes;
    values.push(plainAt(type, buffer.subarray(at, at + size)));
    at += size;
  }
  return values;
}

function plainAt(type: TensorType, buffer: Buffer): Plain {
  if (type === 'string') return buffer.toString('utf8', 4);
  if (type === 'bool') return buffer[0] === 1;
  if (type === 'int64') return buffer.readBigInt64LE();
  if (type === 'uint64') return buffer.readBigUInt64LE();
  if (type === 'float32') return buffer.readFloatLE();
  if (type === 'float64') return buffer.readDoubleLE();
  return type.startsWith('int') ? buffer.readIntLE(0, buffer.length) : buffer.readUIntLE(0, buffer.length);
}

/** JSON of one value as Python's json writes it. */
export function jsonOf(value: Plain): string {
  return typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '-0.0' : String(value);
}

/** JSON of the values, nested as the shape says. */
export function nestedJson(values: readonly Plain[], shape: readonly number[]): string {
  const [length, ...inner] = shape;
  if (length === undefined) return jsonOf(values[0] ?? 0);
  const size = values.length / length || 0;
  return `[${Array.from({ length }, (_, i) => nestedJson(values.slice(i * size, (i + 1) * size), inner)).join(', ')}]`;
}

/** Header and binary parts as one body. */
export function bodyOf(json: string, ...binary: readonly Uint8Array[]): { readonly body: Buffer; readonly headerLength: number } {
  return { body: Buffer.concat([Buffer.from(json), ...binary]), headerLength: Buffer.byteLength(json) };
}

export function readJson(model: LoadedModel, request: unknown): DecodedRequest {
  return createInferExchange(Buffer.from(typeof request === 'string' ? request : JSON.stringify(request)), null).read(model);
}

/** The coded error that `action` throws; anything else fails the test. */
export function refusalOf(action: () => unknown): MetaErrError {
  try {
    action();
  } catch (error) {
    if (error instanceof MetaErrError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
