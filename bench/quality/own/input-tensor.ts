import type { Tensor, TensorInfo } from '../../../src/engine/tensor.js';
import { encodeFloat16 } from '../../../src/inference/codec/float16.js';
import { allocateTensor } from '../../../src/inference/codec/tensor-data.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';
import { isRowWise, rowDims } from '../../../src/inference/row-shape.js';
import type { RowMode } from '../../../src/inference/row-shape.js';
import { OwnFault } from './own-fault.js';
import type { OwnTable } from './rows-file.js';

/** The only input of a model, and the shape of one of its rows. */
export interface RowInput {
  readonly info: TensorInfo;
  readonly shape: readonly number[];
}

/** A free dimension is what the columns leave for it; null where that is no whole number, or where several are free. */
function filled(dims: readonly (number | null)[], columns: number): number[] | null {
  const known = dims.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const free = dims.filter((dim) => dim === null).length;
  if (free > 1 || (free === 0 ? known !== columns : columns % known !== 0)) return null;
  return dims.map((dim) => dim ?? columns / known);
}

/** Throws an OwnFault where the model has not one input whose row has as many numbers as the table has columns, or is one text where there is one column. */
export function rowInput(inputs: readonly TensorInfo[], mode: RowMode, { file, columns, notNumber }: OwnTable): RowInput {
  const [info] = inputs;
  if (info === undefined || inputs.length > 1) throw new OwnFault(MODEL_FILE, 'inputs', `expected one input, got ${inputs.length}: ${inputs.map(({ name }) => name).join(', ')}`);
  if (info.type === 'bool') throw new OwnFault(MODEL_FILE, `input ${info.name}`, `expected numbers, got ${info.type}`);
  if (info.type !== 'string' && notNumber !== null) throw notNumber;
  if (!isRowWise(info, mode)) throw new OwnFault(MODEL_FILE, `input ${info.name}`, 'expected the rows as its first dimension');
  const dims = rowDims(info, mode);
  const shape = filled(dims, columns.length);
  if (shape === null) {
    const taken = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
    throw new OwnFault(file, 'columns', `the model takes rows of ${taken} ${info.type === 'string' ? 'texts' : 'numbers'}, got ${columns.length} columns beside label`);
  }
  if (info.type === 'string' && columns.length > 1) throw new OwnFault(file, 'columns', `the model takes texts, so expected one column beside label, got ${columns.length}`);
  return { info, shape };
}

function refuseFractions(values: Float32Array, { info }: RowInput, file: string): void {
  const odd = values.find((value) => !Number.isInteger(value));
  if (odd !== undefined) throw new OwnFault(file, 'columns', `the model takes ${info.type}, so expected integers in every cell, got ${Number.isNaN(odd) ? 'an empty one' : odd}`);
}

/** Rows [start, end) of a table as the model's input. */
export function inputTensor({ values, texts, columns, file }: OwnTable, start: number, end: number, input: RowInput): Tensor {
  if (input.info.type === 'string') return { type: 'string', dims: [end - start, ...input.shape], data: texts?.slice(start, end) ?? [] };
  return numbersTensor(values.subarray(start * columns.length, end * columns.length), end - start, input, file);
}

/** Some rows (rows x width, row-major); `file` is where they come from. */
function numbersTensor(values: Float32Array, rows: number, input: RowInput, file: string): Tensor {
  const tensor = allocateTensor(input.info.type, [rows, ...input.shape]);
  switch (tensor.type) {
    case 'string':
      throw new TypeError('an input of numbers was expected');
    case 'float16':
      tensor.data.set(Uint16Array.from(values, encodeFloat16));
      return tensor;
    case 'float32':
    case 'float64':
      tensor.data.set(values);
      return tensor;
    case 'int64':
    case 'uint64':
      refuseFractions(values, input, file);
      values.forEach((value, at) => (tensor.data[at] = BigInt(value)));
      return tensor;
    default:
      refuseFractions(values, input, file);
      tensor.data.set(values);
      return tensor;
  }
}
