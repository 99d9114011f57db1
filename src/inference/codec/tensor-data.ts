import type { Tensor, TensorDataByType, TensorType } from '../../engine/tensor.js';

const ALLOCATORS: { readonly [T in TensorType]: (length: number) => TensorDataByType[T] } = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
  float16: (length) => new Uint16Array(length),
  int8: (length) => new Int8Array(length),
  uint8: (length) => new Uint8Array(length),
  int16: (length) => new Int16Array(length),
  uint16: (length) => new Uint16Array(length),
  int32: (length) => new Int32Array(length),
  uint32: (length) => new Uint32Array(length),
  int64: (length) => new BigInt64Array(length),
  uint64: (length) => new BigUint64Array(length),
  bool: (length) => new Uint8Array(length),
  string: (length) => new Array<string>(length).fill(''),
};

/** Number of values of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) count *= dim;
  return count;
}

/** Number of values in one row of a tensor whose dimension 0 is the row. */
export function rowSize(tensor: Tensor): number {
  return elementCount(tensor.dims.slice(1));
}

/** A tensor of zeros (empty texts) to be filled. */
export function allocateTensor(type: TensorType, dims: readonly number[]): Tensor {
  // The table pairs every type with its own array, which the union cannot express for a type known only at run time.
  return { type, dims, data: ALLOCATORS[type](elementCount(dims)) } as Tensor;
}
