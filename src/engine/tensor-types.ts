import type { TensorDataByType, TensorType } from './tensor.js';

type NumericType = Exclude<TensorType, 'string'>;

/** The typed array that holds the values of each numeric type. */
const ARRAYS: { readonly [T in NumericType]: new (buffer: ArrayBuffer) => TensorDataByType[T] } = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

export function isTensorType(type: string): type is TensorType {
  return type === 'string' || Object.hasOwn(ARRAYS, type);
}

/** The bytes as values of the type. The buffer's length must be a multiple of the type's size. */
export function viewAs<T extends NumericType>(type: T, buffer: ArrayBuffer): TensorDataByType[T] {
  return new ARRAYS[type](buffer);
}
