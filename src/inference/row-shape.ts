import type { Signature, TensorInfo } from '../engine/tensor.js';

/**
 * How the rows of a request lie in the base model's inputs.
 * - `batched`: dimension 0 is the batch; one run takes many rows;
 * - `single`: dimension 0 of every input is fixed at 1; one run takes one row, which does not spell the 1;
 * - `whole`: the inputs have no batch dimension; one run takes one row, which is the whole tensor.
 * Everywhere outside of a run, tensors have the rows as dimension 0, whatever the mode.
 */
export type RowMode = 'batched' | 'single' | 'whole';

export function rowMode(signature: Signature, batched: boolean): RowMode {
  if (batched) return 'batched';
  return signature.inputs.every((input) => input.dims[0] === 1) ? 'single' : 'whole';
}

/** The shape of one row of an input; null is a dimension that is known only at run time. */
export function rowDims(input: TensorInfo, mode: RowMode): readonly (number | null)[] {
  return mode === 'whole' ? input.dims : input.dims.slice(1);
}
