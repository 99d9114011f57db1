import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { fromOrtTensor, toOrtTensor } from './ort-tensor.js';
import type { Tensor, TensorMap } from './tensor.js';

/** The tensors of one run by name: those of the request and the kept outputs of the steps so far. */
export class RunTensors {
  readonly #request: TensorMap;
  readonly #ort = new Map<string, OrtTensor>();

  constructor(request: TensorMap) {
    this.#request = request;
  }

  /** The tensor for the engine. Throws when there is none, or when its dimensions do not fit its values. */
  get(name: string): OrtTensor {
    const known = this.#ort.get(name);
    if (known !== undefined) return known;
    const given = this.#given(name);
    if (given === undefined) throw new Error(`the tensor '${name}' is missing: no earlier step made it and the request has none`);
    const tensor = toOrtTensor(given);
    this.#ort.set(name, tensor);
    return tensor;
  }

  set(name: string, tensor: OrtTensor): void {
    this.#ort.set(name, tensor);
  }

  /** Those of the named tensors that exist, as plain data. */
  pick(names: readonly string[]): TensorMap {
    const picked: Record<string, Tensor> = {};
    for (const name of names) {
      const made = this.#ort.get(name);
      const tensor = made === undefined ? this.#given(name) : fromOrtTensor(made);
      if (tensor !== undefined) picked[name] = tensor;
    }
    return picked;
  }

  #given(name: string): Tensor | undefined {
    return Object.hasOwn(this.#request, name) ? this.#request[name] : undefined;
  }
}
