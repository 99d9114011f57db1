import type { Tensor, TensorType } from '../../src/engine/tensor.js';
import { decodeFloat16, encodeFloat16 } from '../../src/inference/codec/float16.js';
import { allocateTensor } from '../../src/inference/codec/tensor-data.js';
import type { OipTensor, OipValue } from './oip-client.js';
import type { ZooTensor } from './zoo-cases.js';

const TYPES = {
  BOOL: 'bool',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Record<string, TensorType>;

/** A tensor of the zoo as the engine takes it. */
export function engineTensor({ datatype, shape, data }: ZooTensor): Tensor {
  const tensor = allocateTensor(TYPES[datatype as keyof typeof TYPES], shape);
  data.forEach((value, index) => {
    if (tensor.type === 'string') tensor.data[index] = String(value);
    else if (tensor.type === 'int64' || tensor.type === 'uint64') tensor.data[index] = BigInt(value);
    else tensor.data[index] = tensor.type === 'float16' ? encodeFloat16(Number(value)) : Number(value);
  });
  return tensor;
}

function plainValues(tensor: Tensor): ArrayLike<OipValue> {
  if (tensor.type === 'bool') return Array.from(tensor.data, (value) => value !== 0);
  return tensor.type === 'float16' ? Array.from(tensor.data, decodeFloat16) : tensor.data;
}

/** A tensor of the engine under the names of the protocol. */
export function oipTensor(name: string, tensor: Tensor): OipTensor {
  const datatype = Object.entries(TYPES).find(([, type]) => type === tensor.type)?.[0] ?? tensor.type;
  return { name, datatype, shape: tensor.dims, data: plainValues(tensor) };
}
