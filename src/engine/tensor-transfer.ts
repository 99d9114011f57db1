import { viewAs } from './tensor-types.js';
import type { Tensor, TensorMap } from './tensor.js';

export interface TransferableTensors {
  readonly tensors: TensorMap;
  readonly transfer: readonly ArrayBuffer[];
}

/** The same bytes in a buffer of their own. Cloning a message would copy the whole buffer behind a view, and twice. */
export function copyBytes(view: ArrayBufferView): ArrayBuffer {
  const copy = new Uint8Array(view.byteLength);
  copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return copy.buffer;
}

/** Gives the buffer behind a view back to the system now: a thread that idles collects no garbage. The view is empty then. */
export function freeBytes({ buffer }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer)) return;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, [buffer]);
  port1.close();
  port2.close();
}

/** Copies of the tensors to give away: the originals stay usable for the caller, who may run them again. */
export function copyTensors(tensors: TensorMap): TransferableTensors {
  const transfer: ArrayBuffer[] = [];
  const copies: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.type === 'string') {
      copies[name] = tensor;
      continue;
    }
    const buffer = copyBytes(tensor.data);
    transfer.push(buffer);
    copies[name] = { type: tensor.type, dims: tensor.dims, data: viewAs(tensor.type, buffer) } as Tensor;
  }
  return { tensors: copies, transfer };
}

/** The buffers of tensors that nobody else holds, each once. A view of a part of a buffer is left to be cloned. */
export function transferListOf(tensors: TensorMap): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { type, data } of Object.values(tensors)) {
    if (type === 'string') continue;
    const { buffer, byteLength } = data;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  }
  return [...buffers];
}
