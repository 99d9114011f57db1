import type { Tensor } from '../../engine/tensor.js';
import { decodeFloat16 } from '../codec/float16.js';
import { fixedNotation } from './fixed-notation.js';

/** Values of one row; 64-bit integers keep their digits. */
type Values = ArrayLike<number> | ArrayLike<bigint>;

/**
 * The `classes` largest values of each row as BYTES elements `<value>:<index>` or `<value>:<index>:<label>`, descending, ties by index;
 * NaN counts as the least value. `rows` null takes the whole tensor as one row and gives [K] instead of [rows, K]. Labels are used when there is one
 * for each value of a row.
 */
export function classify(tensor: Exclude<Tensor, { readonly type: 'string' }>, rows: number | null, classes: number, labels: readonly string[] | null): Tensor {
  const size = tensor.data.length / (rows ?? 1);
  const names = labels?.length === size ? labels : null;
  const kept = Math.min(classes, size);
  const texts: string[] = [];
  for (let row = 0; row < (rows ?? 1); row++) {
    const values = rowValues(tensor, row * size, size);
    for (const index of largest(values, kept)) texts.push(element(tensor, values[index] ?? NaN, index, names));
  }
  return { type: 'string', dims: rows === null ? [kept] : [rows, kept], data: texts };
}

function rowValues(tensor: Exclude<Tensor, { readonly type: 'string' }>, from: number, size: number): Values {
  const values = tensor.data.subarray(from, from + size);
  return tensor.type === 'float16' ? Float32Array.from(values as Uint16Array, decodeFloat16) : values;
}

/** Indices of the `count` largest values. The native sort finds the least of them, one pass collects them, and only these are sorted here. */
function largest(values: Values, count: number): number[] {
  const order = orderOf(values);
  const least = order.slice().sort()[order.length - count];
  if (least === undefined) return [];
  const above: number[] = [];
  const ties: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const value = order[i] ?? 0;
    if (value > least) above.push(i);
    else if (value === least && ties.length < count) ties.push(i);
  }
  // A stable sort: ties stay in the order of their indices.
  above.sort((left, right) => compare(order[right] ?? 0, order[left] ?? 0));
  return [...above, ...ties.slice(0, count - above.length)];
}

/** Values that compare as wanted: NaN is not more than any other. */
function orderOf(values: Values): Float64Array | BigInt64Array | BigUint64Array {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return values;
  const order = new Float64Array(values as ArrayLike<number>);
  return order.includes(NaN) ? order.map((value) => (Number.isNaN(value) ? -Infinity : value)) : order;
}

function compare(left: number | bigint, right: number | bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function element({ type }: Tensor, value: number | bigint, index: number, names: readonly string[] | null): string {
  const text = type === 'float32' || type === 'float64' || type === 'float16' ? fixedNotation(Number(value)) : String(value);
  return names === null ? `${text}:${index}` : `${text}:${index}:${names[index] ?? ''}`;
}
