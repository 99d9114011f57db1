import type { Tensor, TensorMap } from '../../engine/tensor.js';
import { decodeFloat16 } from './float16.js';
import { rowSize } from './tensor-data.js';

/** A value of a reply: NaN and infinities are null, 64-bit integers beyond 2^53 - 1 are decimal strings. */
export type OutputValue = number | string | boolean | null | readonly OutputValue[];

/** The values of one row by output name; every tensor has the rows as dimension 0. */
export function rowOutputs(outputs: TensorMap, row: number): Record<string, OutputValue> {
  const values: Record<string, OutputValue> = {};
  for (const [name, tensor] of Object.entries(outputs)) values[name] = rowValue(tensor, row);
  return values;
}

/** A whole tensor as a nested array of its shape (a plain value for a scalar). */
export function tensorValue(tensor: Tensor): OutputValue {
  return rowValue({ ...tensor, dims: [1, ...tensor.dims] }, 0);
}

/** One row of a tensor as a nested array of its shape without dimension 0 (a plain value for a vector). */
export function rowValue(tensor: Tensor, row: number): OutputValue {
  const size = rowSize(tensor);
  const read = reader(tensor);
  const build = (level: number, offset: number, count: number): OutputValue => {
    if (level === tensor.dims.length) return read(offset);
    const length = tensor.dims[level] ?? 0;
    const list = new Array<OutputValue>(length);
    if (level === tensor.dims.length - 1) for (let i = 0; i < length; i++) list[i] = read(offset + i);
    else for (let i = 0, stride = count / length; i < length; i++) list[i] = build(level + 1, offset + i * stride, stride);
    return list;
  };
  return build(1, row * size, size);
}

function reader(tensor: Tensor): (index: number) => OutputValue {
  switch (tensor.type) {
    case 'float32':
    case 'float64': {
      const { data } = tensor;
      return (index) => finite(data[index]);
    }
    case 'float16': {
      const { data } = tensor;
      return (index) => finite(decodeFloat16(data[index] ?? 0));
    }
    case 'int64':
    case 'uint64': {
      const { data } = tensor;
      return (index) => wideInteger(data[index] ?? 0n);
    }
    case 'bool': {
      const { data } = tensor;
      return (index) => data[index] !== 0;
    }
    default: {
      const { data } = tensor;
      return (index) => data[index] ?? null;
    }
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function wideInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
