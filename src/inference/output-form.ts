import type { Tensor } from '../engine/tensor.js';

/**
 * How an output with an entry for each row stood in the engine:
 * - `rows`: the rows are dimension 0;
 * - `columns`: [1, rows], the rows are dimension 1;
 * - `bare`: a run of one row, without a dimension for it.
 */
export type OutputForm = 'rows' | 'columns' | 'bare';

/** A row-wise output as the engine gave it. A `bare` output of several rows has no such form and stays row-wise. */
export function engineForm(tensor: Tensor, form: OutputForm): Tensor {
  const [rows = 0, ...others] = tensor.dims;
  if (form === 'columns') return { ...tensor, dims: [1, rows] };
  if (form === 'bare' && rows === 1) return { ...tensor, dims: others };
  return tensor;
}
