/**
 * Tensors as plain data that can be sent between threads. Names of types are those of onnxruntime.
 * `bool` is one byte a value; `float16` is the bit pattern in 16 bits; `int64` and `uint64` are exact.
 */
export interface TensorDataByType {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  string: string[];
}

export type TensorType = keyof TensorDataByType;
/** Row-major values of one tensor; `dims` are concrete, their product is `data.length`. */
export type TypedTensor<T extends TensorType> = { readonly type: T; readonly dims: readonly number[]; readonly data: TensorDataByType[T] };
export type Tensor = { [T in TensorType]: TypedTensor<T> }[TensorType];
export type TensorMap = Readonly<Record<string, Tensor>>;

/** One input or output of a model: null is a dimension that is known only at run time. */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly (number | null)[];
}

export interface Signature {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}
