import { bytesOf, fieldsOf, integerOf, textOf } from './fields.js';
import type { Field } from './fields.js';

export type ValueKind = 'tensor' | 'sequence' | 'map' | 'optional' | 'sparse_tensor' | 'unknown';

/** A declared graph input or output. */
export interface ValueInfo {
  readonly name: string;
  readonly kind: ValueKind;
  /** TensorProto.DataType of a tensor; null for the rest. */
  readonly elementType: number | null;
  /** Sizes, names of symbolic dimensions, or null for an unknown size; null altogether when no shape is declared. */
  readonly dims: readonly (number | string | null)[] | null;
}

/** Field numbers of onnx.TypeProto. */
const KINDS = new Map<number, ValueKind>([
  [1, 'tensor'],
  [4, 'sequence'],
  [5, 'map'],
  [8, 'sparse_tensor'],
  [9, 'optional'],
]);

const VALUE_INFO = { name: 1, type: 2 } as const;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE = { dim: 1 } as const;
const DIMENSION = { value: 1, parameter: 2 } as const;

function only(message: Uint8Array, number: number): Field | null {
  let found: Field | null = null;
  // As protobuf has it, the last occurrence counts.
  for (const field of fieldsOf(message)) if (field.number === number) found = field;
  return found;
}

function readDimension(message: Uint8Array): number | string | null {
  for (const field of fieldsOf(message)) {
    if (field.number === DIMENSION.value) return Number(integerOf(message, field));
    if (field.number === DIMENSION.parameter) return textOf(message, field) || null;
  }
  return null;
}

function readShape(message: Uint8Array): (number | string | null)[] {
  const dims: (number | string | null)[] = [];
  for (const field of fieldsOf(message)) if (field.number === SHAPE.dim) dims.push(readDimension(bytesOf(message, field)));
  return dims;
}

function readType(message: Uint8Array): Omit<ValueInfo, 'name'> {
  for (const field of fieldsOf(message)) {
    const kind = KINDS.get(field.number);
    if (kind === undefined) continue;
    if (kind !== 'tensor') return { kind, elementType: null, dims: null };
    const tensor = bytesOf(message, field);
    const elementType = only(tensor, TENSOR_TYPE.elementType);
    const shape = only(tensor, TENSOR_TYPE.shape);
    return {
      kind,
      elementType: elementType === null ? null : Number(integerOf(tensor, elementType)),
      dims: shape === null ? null : readShape(bytesOf(tensor, shape)),
    };
  }
  return { kind: 'unknown', elementType: null, dims: null };
}

/** Reads an onnx.ValueInfoProto. */
export function readValueInfo(message: Uint8Array): ValueInfo {
  const name = only(message, VALUE_INFO.name);
  const type = only(message, VALUE_INFO.type);
  const declared = type === null ? { kind: 'unknown' as const, elementType: null, dims: null } : readType(bytesOf(message, type));
  return { name: name === null ? '' : textOf(message, name), ...declared };
}
