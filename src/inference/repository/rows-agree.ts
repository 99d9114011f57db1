import type { Tensor, TensorMap } from '../../engine/tensor.js';
import { numbersOf } from '../config/seen-values.js';

/** Largest difference, as a share of the largest number of an output, that is put down to another order of the sums. */
const SHARES: Readonly<Partial<Record<Tensor['type'], number>>> = { float16: 5e-3, float32: 1e-4, float64: 1e-4 };

function sameValues(left: Tensor, right: Tensor): boolean {
  return left.data.length === right.data.length && Array.prototype.every.call(left.data, (value, i) => value === right.data[i]);
}

function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
}

/**
 * Whether two tensors hold the same values; floating-point numbers may differ by what another order of the same sums makes, relative
 * to the largest number of `whole`.
 */
export function valuesAgree(left: Tensor, right: Tensor, whole: Tensor = left): boolean {
  const share = SHARES[left.type];
  if (left.dims.join() !== right.dims.join() || left.type !== right.type) return false;
  if (share === undefined) return sameValues(left, right);
  const [wanted, found] = [numbersOf(left), numbersOf(right)];
  const largest = largestOf(numbersOf(whole));
  return wanted.every((value, i) => Object.is(value, found[i]) || Math.abs(value - (found[i] ?? NaN)) <= share * largest);
}

/** Name of the first output in which two runs differ; null when they agree in all. `whole` is the run that `left` is a part of. */
export function differingOutput(left: TensorMap, right: TensorMap, whole: TensorMap = left): string | null {
  for (const [name, tensor] of Object.entries(left)) {
    const other = right[name];
    if (other === undefined || !valuesAgree(tensor, other, whole[name])) return name;
  }
  return null;
}
