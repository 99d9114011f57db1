import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { messageOf } from '../core/errors.js';
import { EngineRunError } from './engine.js';
import type { DirectSession, ModelSource, SessionOptions } from './engine.js';
import { openSession } from './ort-session.js';
import type { OpenedSession } from './ort-session.js';
import { fromOrtTensor, toOrtTensor } from './ort-tensor.js';
import type { Tensor, TensorMap } from './tensor.js';

/** The session id in the errors of a direct session. */
const DIRECT = 'direct';

class OrtDirectSession implements DirectSession {
  readonly #opened: OpenedSession;

  constructor(opened: OpenedSession) {
    this.#opened = opened;
  }

  get signature() {
    return this.#opened.signature;
  }

  async run(feeds: TensorMap, fetch?: readonly string[]): Promise<TensorMap> {
    try {
      return await this.#run(feeds, fetch ?? this.signature.outputs.map((output) => output.name));
    } catch (error) {
      throw new EngineRunError(DIRECT, messageOf(error));
    }
  }

  async #run(feeds: TensorMap, fetch: readonly string[]): Promise<TensorMap> {
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrtTensor(tensor);
    const outputs = await this.#opened.session.run(inputs, fetch);
    const tensors: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) tensors[name] = fromOrtTensor(tensor);
    return tensors;
  }

  release(): Promise<void> {
    return this.#opened.session.release();
  }
}

/**
 * Opens a session in the calling thread, which every `run` blocks. `fetch` names the outputs wanted, all by default.
 * Rejects with the engine's reason when the model cannot be loaded; `run` rejects with `EngineRunError`.
 */
export async function createDirectSession(source: ModelSource, options: SessionOptions): Promise<DirectSession> {
  return new OrtDirectSession(await openSession(source, options));
}
