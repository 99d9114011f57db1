import type { Tensor, TensorType } from '../tensor.js';
import { viewAs } from '../tensor-types.js';
import { ELEMENT_TYPE_NUMBERS } from './elements.js';
import { appendFloats, appendIntegers, bytesOf, fieldsOf, integerOf, textOf } from './fields.js';
import type { Field } from './fields.js';
import { TENSOR } from './numbers.js';

const TYPE_NAMES = new Map<number, TensorType>(Object.entries(ELEMENT_TYPE_NUMBERS).map(([name, number]) => [number, name as TensorType]));

/** The name of an element type of TensorProto.DataType, or null when it is none of ours (bfloat16, for example). */
export function elementTypeName(number: number): TensorType | null {
  return TYPE_NAMES.get(number) ?? null;
}

/** The name of a TensorProto; its values are skipped. */
export function tensorName(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === TENSOR.name) return textOf(bytes, field);
  return '';
}

/** The dimensions of a TensorProto; its values are skipped. */
export function tensorDims(bytes: Uint8Array): readonly number[] {
  const dims: bigint[] = [];
  for (const field of fieldsOf(bytes)) if (field.number === TENSOR.dims) appendIntegers(bytes, field, dims);
  return dims.map(Number);
}

interface Parts {
  readonly dims: bigint[];
  readonly integers: bigint[];
  readonly floats: number[];
  readonly texts: string[];
  readonly doubles: number[];
  type: number;
  raw: Uint8Array | null;
  external: boolean;
}

function collect(bytes: Uint8Array, field: Field, parts: Parts): void {
  switch (field.number) {
    case TENSOR.dims:
      return appendIntegers(bytes, field, parts.dims);
    case TENSOR.dataType:
      parts.type = Number(integerOf(bytes, field));
      return;
    case TENSOR.floatData:
      return appendFloats(bytes, field, parts.floats);
    case TENSOR.int32Data:
    case TENSOR.int64Data:
    case TENSOR.uint64Data:
      return appendIntegers(bytes, field, parts.integers);
    case TENSOR.stringData:
      parts.texts.push(textOf(bytes, field));
      return;
    case TENSOR.doubleData:
      parts.doubles.push(...new Float64Array(alignedCopy(bytesOf(bytes, field))));
      return;
    case TENSOR.rawData:
      parts.raw = bytesOf(bytes, field);
      return;
    case TENSOR.dataLocation:
      parts.external = integerOf(bytes, field) !== 0n;
  }
}

function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function dataOf(type: TensorType, parts: Parts): Tensor['data'] {
  if (type === 'string') return parts.texts;
  if (parts.raw !== null) return viewAs(type, alignedCopy(parts.raw));
  switch (type) {
    case 'float32':
      return Float32Array.from(parts.floats);
    case 'float64':
      return Float64Array.from(parts.doubles);
    case 'int64':
      return BigInt64Array.from(parts.integers);
    case 'uint64':
      return BigUint64Array.from(parts.integers);
    default:
      return fromNumbers(type, parts.integers.map(Number));
  }
}

function fromNumbers(type: Exclude<TensorType, 'string' | 'float32' | 'float64' | 'int64' | 'uint64'>, values: readonly number[]): Tensor['data'] {
  const size = viewAs(type, new ArrayBuffer(8)).length;
  const data = viewAs(type, new ArrayBuffer((values.length * 8) / size));
  data.set(values);
  return data;
}

/**
 * The values of a TensorProto, for small ones such as class labels: the values are copied. Null when the element type is
 * none of ours, or the values are in another file or were left out.
 */
export function readTensor(bytes: Uint8Array): Tensor | null {
  const parts: Parts = { dims: [], integers: [], floats: [], texts: [], doubles: [], type: 0, raw: null, external: false };
  for (const field of fieldsOf(bytes)) collect(bytes, field, parts);
  const type = elementTypeName(parts.type);
  if (type === null || parts.external) return null;
  const dims = parts.dims.map(Number);
  const data = dataOf(type, parts);
  return data.length === dims.reduce((product, dim) => product * dim, 1) ? ({ type, dims, data } as Tensor) : null;
}
