import type { InferenceSession } from 'onnxruntime-node';
import { isTensorType } from './tensor-types.js';
import type { Signature, TensorInfo } from './tensor.js';

type ValueMetadata = InferenceSession.ValueMetadata;

function tensorInfo(role: 'input' | 'output', value: ValueMetadata): TensorInfo {
  if (!value.isTensor) {
    throw new Error(`${role} '${value.name}' is a sequence, map or optional value; only tensors are supported`);
  }
  if (!isTensorType(value.type)) {
    throw new Error(`${role} '${value.name}' has the element type ${value.type}, which is not supported`);
  }
  // A symbolic dimension is a text, an unknown one the empty text: both are known only at run time.
  return { name: value.name, type: value.type, dims: value.shape.map((dim) => (typeof dim === 'number' ? dim : null)) };
}

/** The signature of a session. Throws with a reason that names the input or output that is no supported tensor. */
export function signatureOf(inputs: readonly ValueMetadata[], outputs: readonly ValueMetadata[]): Signature {
  return {
    inputs: inputs.map((value) => tensorInfo('input', value)),
    outputs: outputs.map((value) => tensorInfo('output', value)),
  };
}
