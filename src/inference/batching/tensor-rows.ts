import type { Tensor, TensorMap } from '../../engine/tensor.js';
import { allocateTensor, rowSize } from '../codec/tensor-data.js';

/** Tensors of several requests could not be joined: their rows differ in shape or type. */
export class RowShapeError extends Error {
  override readonly name = 'RowShapeError';
}

/**
 * Joins tensors by rows (dimension 0), in order; parts must have the same names, types and row shapes.
 * A single part is passed through. Throws RowShapeError.
 */
export function concatRows(parts: readonly TensorMap[]): TensorMap {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? {};
  const joined: Record<string, Tensor> = {};
  for (const name of Object.keys(first)) joined[name] = concatTensor(parts.map((part) => partNamed(part, name)), name);
  return joined;
}

function partNamed(part: TensorMap, name: string): Tensor {
  const tensor = part[name];
  if (tensor === undefined) throw new RowShapeError(`${name} is missing in some rows`);
  return tensor;
}

function concatTensor(parts: readonly Tensor[], name: string): Tensor {
  const shape = parts[0]?.dims.slice(1) ?? [];
  const type = parts[0]?.type ?? 'float32';
  let rows = 0;
  for (const part of parts) {
    if (part.type !== type || !sameDims(part.dims.slice(1), shape)) throw new RowShapeError(`${name} has rows of different shapes`);
    rows += part.dims[0] ?? 0;
  }
  const joined = allocateTensor(type, [rows, ...shape]);
  let offset = 0;
  for (const part of parts) {
    copyInto(joined, part, offset);
    offset += part.data.length;
  }
  return joined;
}

function copyInto(target: Tensor, part: Tensor, offset: number): void {
  if (target.type === 'string') {
    for (let i = 0; i < part.data.length; i++) target.data[offset + i] = part.data[i] as string;
  } else {
    // Both tensors have the same type, which the compiler cannot follow through the union.
    (target.data as Uint8Array).set(part.data as Uint8Array, offset);
  }
}

/** Rows `from` (included) to `to` (excluded), as views of the same memory (texts are copied). */
export function sliceRows(tensors: TensorMap, from: number, to: number): TensorMap {
  const slices: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) slices[name] = sliceTensor(tensor, from, to);
  return slices;
}

function sliceTensor(tensor: Tensor, from: number, to: number): Tensor {
  const size = rowSize(tensor);
  const dims = [to - from, ...tensor.dims.slice(1)];
  if (from === 0 && to === tensor.dims[0]) return tensor;
  const data = tensor.type === 'string' ? tensor.data.slice(from * size, to * size) : tensor.data.subarray(from * size, to * size);
  return { type: tensor.type, dims, data } as Tensor;
}

/** The row shapes of the named tensors as text; requests with the same text can be joined. One that is absent counts as well. */
export function shapeKey(names: readonly string[], tensors: TensorMap): string {
  let key = '';
  for (const name of names) {
    const dims = tensors[name]?.dims;
    if (dims === undefined) key += '-';
    else for (let level = 1; level < dims.length; level++) key += `${dims[level]},`;
    key += ';';
  }
  return key;
}

function sameDims(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((dim, level) => dim === right[level]);
}
