import type { Signature, Tensor, TensorInfo, TensorMap } from '../../engine/tensor.js';
import { encodeFloat16 } from '../codec/float16.js';
import { allocateTensor } from '../codec/tensor-data.js';

/** A sequence of numbers in [0, 1) that is the same in every start (mulberry32, public domain, T. Ettinger). */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface SyntheticShape {
  /** Size of dimension 0 where that is known only at run time. */
  readonly rows: number;
  /** Size of every other dimension that is known only at run time. */
  readonly fill: number;
}

/** Gives the number at one place of a tensor; null leaves zeros and empty texts. */
export type SyntheticValues = (() => number) | null;

function concreteDims(info: TensorInfo, shape: SyntheticShape): number[] {
  return info.dims.map((dim, axis) => dim ?? (axis === 0 ? shape.rows : shape.fill));
}

/** Integers stay 0 or 1, which nearly every vocabulary and category has. */
function fillTensor(tensor: Tensor, next: () => number): void {
  const bit = () => (next() < 0.5 ? 0 : 1);
  switch (tensor.type) {
    case 'string':
      return;
    case 'int64':
    case 'uint64':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = BigInt(bit());
      return;
    case 'float32':
    case 'float64':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = next();
      return;
    case 'float16':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = encodeFloat16(next());
      return;
    default:
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = bit();
  }
}

/** Inputs that fit a signature: zeros and empty texts, or numbers from `values`. */
export function syntheticInputs(signature: Signature, shape: SyntheticShape, values: SyntheticValues): TensorMap {
  return Object.fromEntries(
    signature.inputs.map((info) => {
      const tensor = allocateTensor(info.type, concreteDims(info, shape));
      if (values !== null) fillTensor(tensor, values);
      return [info.name, tensor];
    }),
  );
}
