import type { TensorDataByType, TensorType } from './tensor.js';

export type NumericType = Exclude<TensorType, 'string'>;

/** The typed array that holds the values of each numeric type. */
const ARRAYS: { readonly [T in NumericType]: (new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TensorDataByType[T]) & { readonly BYTES_PER_ELEMENT: number } } = {
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

/** The bytes of one value. */
export function bytesPerValue(type: NumericType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/** The bytes as values of the type, all of them or `length` values from `byteOffset` on; both must fit the type's size. */
export function viewAs<T extends NumericType>(type: T, buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorDataByType[T] {
  return new ARRAYS[type](buffer, byteOffset, length);
}
