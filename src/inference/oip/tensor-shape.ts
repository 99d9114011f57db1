import type { TensorInfo } from '../../engine/tensor.js';
import { describeShape } from '../codec/input-error.js';
import { MOST_ROWS } from '../codec/row-count.js';
import { isRowWise, rowDims } from '../row-shape.js';
import type { RowMode } from '../row-shape.js';
import { invalidTensor } from './refusals.js';

/** An input's shape in a decoded request. */
export interface RequestShape {
  /** With the rows as dimension 0, unless the input has no rows (mode `request`). */
  readonly dims: readonly number[];
  /** Null for an input without rows. */
  readonly rows: number | null;
}

/**
 * Fits the shape of a request to the signature. The protocol's shapes are the model's: a batch, where the model has one, is dimension
 * 0; a model that takes one row at a time (dimension 0 is 1) may be sent several. Throws INVALID_INPUT that names the tensor.
 */
export function fitShape(info: TensorInfo, mode: RowMode, shape: readonly number[], field: string): RequestShape {
  const expected = expectedShape(info, mode);
  const fits = shape.length === expected.length && expected.every((dim, level) => dim === null || dim === shape[level]);
  if (!fits) throw invalidTensor(info.name, field, `shape: expected ${describeShape(expected)}, got ${describeShape(shape)}`);
  if (mode === 'whole') return { dims: [1, ...shape], rows: 1 };
  if (!isRowWise(info, mode)) return { dims: shape, rows: null };
  const rows = shape[0] ?? 1;
  if (rows === 0) throw invalidTensor(info.name, field, 'shape: expected at least one row, got 0');
  if (rows > MOST_ROWS) throw invalidTensor(info.name, field, `shape: expected at most ${MOST_ROWS} rows in a request, got ${rows}`);
  return { dims: shape, rows };
}

/** What the protocol's clients send; null is any number. */
export function expectedShape(info: TensorInfo, mode: RowMode): readonly (number | null)[] {
  if (mode === 'whole' || !isRowWise(info, mode)) return info.dims;
  return [null, ...rowDims(info, mode)];
}
