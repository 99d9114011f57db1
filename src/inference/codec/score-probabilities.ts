import type { Tensor } from '../../engine/tensor.js';
import type { ScoreKind } from '../../meta/features/layout.js';
import { decodeFloat16 } from './float16.js';
import { invalidInput } from './input-error.js';
import { rowSize } from './tensor-data.js';

/** Room for rounding in the model, also in half precision. */
const ROUNDING = 1e-3;

function isOutside(value: number): boolean {
  return value < -ROUNDING || value > 1 + ROUNDING;
}

/** Where in row-major order the first number outside of [0, 1] stands; -1 when there is none. */
function firstOutside(tensor: Tensor): number {
  if (tensor.type === 'float16') return tensor.data.findIndex((bits) => isOutside(decodeFloat16(bits)));
  if (tensor.type !== 'float32' && tensor.type !== 'float64') return -1;
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) if (isOutside(data[i] ?? 0)) return i;
  return -1;
}

/**
 * Logits that are sent where probabilities are declared would be read as other predictions without a word: numbers outside of
 * [0, 1] are INVALID_INPUT. Sums are not checked, because scores of one class against the rest need not add up to 1.
 */
export function checkProbabilities(tensor: Tensor, scores: ScoreKind | null, field: string): void {
  if (scores !== 'probabilities' && scores !== 'binary_probability') return;
  const at = firstOutside(tensor);
  if (at === -1) return;
  const size = rowSize(tensor);
  const path = `${field}[${Math.floor(at / size)}]${tensor.dims.length > 1 ? `[${at % size}]` : ''}`;
  // As it was sent: a float32 has no more than 7 digits that mean something.
  const value = Number((tensor.type === 'float16' ? decodeFloat16(tensor.data[at] ?? 0) : Number(tensor.data[at])).toPrecision(7));
  throw invalidInput(path, `expected a probability in [0, 1], because metaerr.yaml says scores: ${scores}, got ${value}`);
}
