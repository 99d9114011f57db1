import type { Tensor, TensorMap } from '../../engine/tensor.js';
import { rowValue } from '../codec/nested-output.js';
import type { LoadedModel } from '../contracts.js';
import { isRowWise } from '../row-shape.js';

/** The inputs of one row as JSON text, in the form of an instance of a predict request: the value of the only input, or an object. */
export function inputText(inputs: TensorMap, { signature, rowMode }: Pick<LoadedModel, 'signature' | 'rowMode'>, row: number): string {
  const values = signature.inputs.flatMap((info) => {
    const tensor = inputs[info.name];
    if (tensor === undefined) return [];
    return [[info.name, isRowWise(info, rowMode) ? rowValue(tensor, row) : rowValue(asRow(tensor), 0)] as const];
  });
  return JSON.stringify(values.length === 1 ? values[0]?.[1] : Object.fromEntries(values));
}

/** An input without rows as a tensor of one row. */
function asRow(tensor: Tensor): Tensor {
  return { ...tensor, dims: [1, ...tensor.dims] };
}
