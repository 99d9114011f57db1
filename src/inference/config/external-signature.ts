import type { Signature, TensorInfo } from '../../engine/tensor.js';
import { typeOf } from '../oip/datatypes.js';
import type { ModelSettings } from './folder-reader.js';

type DeclaredTensor = NonNullable<ModelSettings['outputs']>[number];

/** Dimension 0 is the row, whether it is declared as -1 or as 1. */
function tensorInfo({ name, datatype, shape }: DeclaredTensor): TensorInfo {
  const type = typeOf(datatype);
  if (type === null) throw new RangeError(`datatype: expected one that the engine carries, got ${datatype}`);
  return { name, type, dims: shape.map((dim, axis) => (axis === 0 || dim === -1 ? null : dim)) };
}

/** The signature that the declarations of an external model give; every tensor has the rows as dimension 0. */
export function declaredSignature({ inputs, outputs }: Pick<ModelSettings, 'inputs' | 'outputs'>): Signature {
  return { inputs: (inputs ?? []).map(tensorInfo), outputs: (outputs ?? []).map(tensorInfo) };
}
