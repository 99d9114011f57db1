import type { Tensor } from '../../engine/tensor.js';
import { decodeFloat16 } from '../codec/float16.js';
import type { Evidence } from './evidence.js';
import { seenTensors } from './output-width.js';

/** The few numbers of a warm-up output; empty for text. */
export function numbersOf(tensor: Tensor): readonly number[] {
  switch (tensor.type) {
    case 'string':
      return [];
    case 'float16':
      return Array.from(tensor.data, decodeFloat16);
    default:
      return Array.from<number | bigint, number>(tensor.data, Number);
  }
}

/** Rows of `width` numbers of an output over all warm-up runs; rows with a number that is not finite are left out. */
export function seenRows(evidence: Evidence, output: string, width: number): readonly (readonly number[])[] {
  const rows: number[][] = [];
  for (const tensor of seenTensors(evidence, output)) {
    const numbers = numbersOf(tensor);
    for (let start = 0; start + width <= numbers.length; start += width) rows.push(numbers.slice(start, start + width));
  }
  return rows.filter((row) => row.every(Number.isFinite));
}

/** True when every number lies in [0, 1], with room for rounding; false when nothing was seen. */
export function withinUnit(rows: readonly (readonly number[])[]): boolean {
  return rows.length > 0 && rows.every((row) => row.every((value) => value >= -1e-4 && value <= 1 + 1e-4));
}

/** True when every row is a distribution: numbers in [0, 1] that add up to 1. */
export function areDistributions(rows: readonly (readonly number[])[]): boolean {
  return withinUnit(rows) && rows.every((row) => Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) <= 2e-3);
}
