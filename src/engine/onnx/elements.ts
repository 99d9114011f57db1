import type { Tensor, TensorType } from '../tensor.js';

/** Element types of ONNX's TensorProto.DataType by the names of onnxruntime. */
export const ELEMENT_TYPE_NUMBERS = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const satisfies Record<TensorType, number>;

/** The little-endian bytes of a numeric tensor, without a copy. */
export function rawBytes(tensor: Exclude<Tensor, { type: 'string' }>): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}
