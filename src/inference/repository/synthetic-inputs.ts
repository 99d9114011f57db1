import type { Signature, Tensor, TensorInfo, TensorMap } from '../../engine/tensor.js';
import { encodeFloat16 } from '../codec/float16.js';
import { allocateTensor } from '../codec/tensor-data.js';

export interface SyntheticShape {
  /** Size of dimension 0 where that is known only at run time. */
  readonly rows: number;
  /** Size of every other dimension that is known only at run time. */
  readonly fill: number;
}

/** Gives the value at one place of a tensor, by the kind of its element type. */
export interface SyntheticValues {
  float(): number;
  integer(): number;
  text(): string;
}

function fillTensor(tensor: Tensor, values: SyntheticValues): void {
  switch (tensor.type) {
    case 'string':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = values.text();
      return;
    case 'int64':
    case 'uint64':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = BigInt(values.integer());
      return;
    case 'float32':
    case 'float64':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = values.float();
      return;
    case 'float16':
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = encodeFloat16(values.float());
      return;
    default:
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = values.integer();
  }
}

/** Tensors of these dimensions; `values` null leaves zeros and empty texts. */
export function syntheticTensors(infos: readonly TensorInfo[], dimsOf: (info: TensorInfo) => readonly number[], values: SyntheticValues | null): TensorMap {
  return Object.fromEntries(
    infos.map((info) => {
      const tensor = allocateTensor(info.type, dimsOf(info));
      if (values !== null) fillTensor(tensor, values);
      return [info.name, tensor];
    }),
  );
}

/** Inputs that fit a signature; `values` null leaves zeros and empty texts. */
export function syntheticInputs(signature: Signature, { rows, fill }: SyntheticShape, values: SyntheticValues | null): TensorMap {
  return syntheticTensors(signature.inputs, ({ dims }) => dims.map((dim, axis) => dim ?? (axis === 0 ? rows : fill)), values);
}
