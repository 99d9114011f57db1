import type { TensorType } from '../../engine/tensor.js';

/** Datatypes of the Open Inference Protocol that the engine carries. */
export type Datatype = 'BOOL' | 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'UINT8' | 'UINT16' | 'UINT32' | 'UINT64' | 'FP16' | 'FP32' | 'FP64' | 'BYTES';

const DATATYPES: Readonly<Record<TensorType, Datatype>> = {
  bool: 'BOOL',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

const TYPES: ReadonlyMap<string, TensorType> = new Map(Object.entries(DATATYPES).map(([type, datatype]) => [datatype, type as TensorType]));

/** The protocol's name of an element type. */
export function datatypeOf(type: TensorType): Datatype {
  return DATATYPES[type];
}

/** The element type of a datatype's name; null for a name that the engine does not carry (BF16, for example). */
export function typeOf(datatype: string): TensorType | null {
  return TYPES.get(datatype) ?? null;
}
