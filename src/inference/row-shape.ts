import type { TensorInfo } from '../engine/tensor.js';

/**
 * How the rows of a request lie in the base model's inputs.
 * - `batched`: dimension 0 is the batch and every output has the rows as dimension 0 (or is [1, rows]): requests share runs;
 * - `request`: dimension 0 of at least one input is the batch, but some input has none (a scalar) or some output is not one entry a
 *   row: each request runs alone and whole;
 * - `single`: dimension 0 of every input is 1, declared or in effect: one run takes one row;
 * - `whole`: the inputs have no batch dimension: a request is one row, which is all of its tensors.
 * Everywhere outside of a run, tensors have the rows as dimension 0, whatever the mode; inputs without a batch dimension in mode
 * `request` are as the model takes them.
 */
export type RowMode = 'batched' | 'request' | 'single' | 'whole';

/** Whether an input has the rows as dimension 0 in a request. */
export function isRowWise(input: TensorInfo, mode: RowMode): boolean {
  return mode !== 'request' || input.dims[0] === null;
}

/** Whether a run takes several rows, along dimension 0. */
export function hasBatch(mode: RowMode): boolean {
  return mode === 'batched' || mode === 'request';
}

/**
 * The shape of one row of an input as a request writes it; null is a dimension that is known only at run time. A leading 1 of a model without a batch
 * is part of it, other than in the feature graph (`dimsAfterBatch`).
 */
export function rowDims(input: TensorInfo, mode: RowMode): readonly (number | null)[] {
  return mode === 'whole' ? input.dims : input.dims.slice(1);
}

/** The shape of an input of a request of so many rows, as it stands outside of a run. */
export function requestDims(input: TensorInfo, mode: RowMode, rows: number): readonly (number | null)[] {
  return isRowWise(input, mode) ? [rows, ...rowDims(input, mode)] : input.dims;
}
