import type { Tensor, TensorMap } from '../engine/tensor.js';
import { concatRows } from './batching/tensor-rows.js';

/** An output of the base model does not have one entry in dimension 0 for each row of the run. */
export class NotRowWiseError extends Error {
  override readonly name = 'NotRowWiseError';
}

/**
 * The outputs of one run with the rows as dimension 0. A run of one row may answer without that dimension; one of
 * several rows must have it, else NotRowWiseError.
 */
export function toRowOutputs(outputs: TensorMap, rows: number): TensorMap {
  const rowWise = (name: string, tensor: Tensor): Tensor => {
    if (tensor.dims[0] === rows) return tensor;
    if (rows === 1) return { ...tensor, dims: [1, ...tensor.dims] };
    throw new NotRowWiseError(`${name} has shape [${tensor.dims.join(', ')}] for a batch of ${rows} rows`);
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, rowWise(name, tensor)]));
}

/** Joins the outputs of several runs; what one of them lacks (an optional step failed there) is left out. */
export function joinRuns(runs: readonly TensorMap[]): TensorMap {
  const common = new Set(Object.keys(runs[0] ?? {}));
  for (const run of runs) for (const name of common) if (run[name] === undefined) common.delete(name);
  return concatRows(runs.map((run) => Object.fromEntries(Object.entries(run).filter(([name]) => common.has(name)))));
}
