import type { TensorInfo } from '../../engine/tensor.js';
import type { Evidence } from './evidence.js';

/** Scores or values that an output holds for one row: `width` 1 is a single one, null is a vector of unknown length. */
export interface RowShape {
  readonly width: number | null;
}

function withoutRows(dims: readonly (number | null)[], rows: number | null, batched: boolean): readonly (number | null)[] | null {
  const [first, ...rest] = dims;
  if (batched) return dims.length > 0 && (rows === null || first === null || first === rows) ? rest : null;
  return first === 1 ? rest : dims;
}

/** Ones at the end, as image models leave them after pooling, do not change the order of the values. */
function vectorOf(dims: readonly (number | null)[]): RowShape | null {
  const end = dims.findLastIndex((dim) => dim !== 1) + 1;
  if (end > 1) return null;
  return { width: end === 0 ? 1 : (dims[0] ?? null) };
}

/**
 * How many numbers an output holds a row, by the warm-up runs where there were any, else by the signature. Null when it is
 * no vector a row (a map of pixels, a sequence, or not one entry for each row).
 */
export function rowShapeOf(info: TensorInfo, evidence: Evidence): RowShape | null {
  const shapes = evidence.observations.flatMap(({ rows, outputs }) => {
    const seen = outputs[info.name];
    return seen === undefined ? [] : [withoutRows(seen.dims, rows, evidence.batched)];
  });
  if (shapes.length === 0) shapes.push(withoutRows(info.dims, null, evidence.batched));
  const widths = shapes.map((dims) => (dims === null ? null : vectorOf(dims)));
  const [first] = widths;
  if (first === undefined || first === null) return null;
  return widths.every((shape) => shape?.width === first.width) ? first : null;
}
