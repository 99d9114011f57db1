import type { TensorInfo } from '../../engine/tensor.js';

/**
 * Whether dimension 0 of a tensor is the batch. A model without a batch (`batched` false) may still have a leading 1, which
 * then serves as one.
 */
export function hasBatchAxis(tensor: TensorInfo, batched: boolean): boolean {
  return batched || tensor.dims[0] === 1;
}

/** Dimensions of one row in the feature graph: those after the batch, or after the leading 1 that serves as one. */
export function dimsAfterBatch(tensor: TensorInfo, batched: boolean): readonly (number | null)[] {
  return hasBatchAxis(tensor, batched) ? tensor.dims.slice(1) : tensor.dims;
}

/** Product of the known dimensions, and whether all are known. */
export function elementsOf(dims: readonly (number | null)[]): { readonly known: number; readonly fixed: boolean } {
  const known = dims.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  return { known, fixed: !dims.includes(null) };
}
