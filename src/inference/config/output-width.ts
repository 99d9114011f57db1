import type { Tensor, TensorInfo } from '../../engine/tensor.js';
import type { Evidence } from './evidence.js';

/** Scores or values that an output holds for one row: `width` 1 is a single one, null is a vector of unknown length. */
export interface RowShape {
  readonly width: number | null;
}

/** Ones at the end, as image models leave them after pooling, do not change the order of the values. */
function vectorOf([, ...dims]: readonly (number | null)[]): RowShape | null {
  const end = dims.findLastIndex((dim) => dim !== 1) + 1;
  if (end > 1 || dims[0] === 0) return null;
  return { width: end === 0 ? 1 : (dims[0] ?? null) };
}

/** An output in all warm-up runs. */
export function seenTensors(evidence: Evidence, output: string): readonly Tensor[] {
  return evidence.observations.flatMap(({ outputs }) => outputs[output] ?? []);
}

/**
 * How many numbers a row-wise output holds a row, by the warm-up runs where there were any, else by its declaration. Null when
 * it is no vector a row (a map of pixels, a sequence, nothing).
 */
export function rowShapeOf(info: TensorInfo, evidence: Evidence): RowShape | null {
  const seen = seenTensors(evidence, info.name).map(({ dims }) => vectorOf(dims));
  const [first, ...others] = seen.length > 0 ? seen : [vectorOf(info.dims)];
  if (first === undefined || first === null) return null;
  return others.every((shape) => shape?.width === first.width) ? first : null;
}
