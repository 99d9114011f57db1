import { Tensor as OrtTensor } from 'onnxruntime-node';
import { isTensorType } from './tensor-types.js';
import type { Tensor } from './tensor.js';

/** A tensor of the engine over the same memory. Throws when the dimensions do not fit the number of values. */
export function toOrtTensor(tensor: Tensor): OrtTensor {
  return new OrtTensor(tensor.type, tensor.data, tensor.dims.slice());
}

/**
 * A tensor of the engine as plain data over the same memory. onnxruntime-node copies every output into an ArrayBuffer
 * that JavaScript owns, so the result may be kept and transferred.
 */
export function fromOrtTensor(tensor: OrtTensor): Tensor {
  const { type, dims, data } = tensor;
  if (!isTensorType(type)) throw new Error(`the element type ${type} is not supported`);
  if (type === 'float16' && !(data instanceof Uint16Array) && ArrayBuffer.isView(data)) {
    // Where JavaScript has Float16Array, the engine uses it; our form is the bit pattern.
    return { type, dims, data: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) };
  }
  return { type, dims, data } as Tensor;
}
