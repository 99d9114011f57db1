import { bytesPerValue, viewAs } from '../../engine/tensor-types.js';
import type { NumericType } from '../../engine/tensor-types.js';
import type { Tensor, TensorInfo, TensorType } from '../../engine/tensor.js';
import { describeShape } from '../codec/input-error.js';
import { elementCount } from '../codec/tensor-data.js';
import { decodeElements, encodeElements } from './bytes-elements.js';
import { datatypeOf } from './datatypes.js';
import { invalidTensor } from './refusals.js';

/**
 * Decodes the binary data of an input of the given shape: little-endian and row-major. Numbers are views of the request's memory where
 * they are aligned there, else one copy. Throws INVALID_INPUT that names the tensor.
 */
export function decodeBinaryData(info: TensorInfo, shape: readonly number[], bytes: Uint8Array, field: string): Tensor {
  const { name, type } = info;
  const count = elementCount(shape);
  if (type === 'string') return { type, dims: shape, data: decodeElements(bytes, count, name, field) };
  const expected = count * bytesPerValue(type);
  if (bytes.length !== expected) {
    throw invalidTensor(name, field, `expected ${expected} bytes of binary data for shape ${describeShape(shape)} of ${datatypeOf(type)}, got ${bytes.length}`);
  }
  if (type === 'bool') checkBooleans(bytes, name, field);
  return { type, dims: shape, data: valuesOf(type, bytes) } as Tensor;
}

function valuesOf(type: NumericType, bytes: Uint8Array) {
  const size = bytesPerValue(type);
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return viewAs(type, aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/** The bytes of a tensor on the wire; for numbers the tensor's own memory. */
export function encodeBinaryData(tensor: Tensor): Uint8Array {
  if (tensor.type === 'string') return encodeElements(tensor.data);
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Whether a value of the type takes a fixed number of bytes. */
export function isNumeric(type: TensorType): type is NumericType {
  return type !== 'string';
}

const NO_BOOLEAN = 0xfefefefe;

/** A boolean is the byte 0 or 1; the engine would pass any other on as it is. Looks at four bytes at a time. */
function checkBooleans(bytes: Uint8Array, name: string, field: string): void {
  const start = (4 - (bytes.byteOffset % 4)) % 4;
  const words = bytes.length < start + 4 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + start, Math.floor((bytes.length - start) / 4));
  let seen = 0;
  for (let i = 0; i < words.length; i++) seen |= words[i] ?? 0;
  for (let i = 0; i < start && i < bytes.length; i++) seen |= bytes[i] ?? 0;
  for (let i = start + words.length * 4; i < bytes.length; i++) seen |= bytes[i] ?? 0;
  if ((seen & NO_BOOLEAN) === 0) return;
  const bad = bytes.findIndex((byte) => byte > 1);
  throw invalidTensor(name, field, `expected the bytes 0 and 1 for BOOL, got ${bytes[bad]} at index ${bad}`);
}
