import type { TensorInfo, TensorType } from '../../src/engine/tensor.js';
import type { ModelConfig } from '../../src/inference/contracts.js';
import type { DescribedModel } from '../../src/inference/oip/documents/model-metadata.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { MODEL_CONFIG } from './model-config.js';

const CONFIG: ModelConfig = {
  ...MODEL_CONFIG,
  task: 'classification',
  output: 'probabilities',
  scores: 'probabilities',
  labels: ['a', 'b', 'c'],
  batching: { ...MODEL_CONFIG.batching, max_delay_microseconds: 250 },
  instances: 2,
};

export const tensor = (name: string, type: TensorType, dims: readonly (number | null)[]): TensorInfo => ({ name, type, dims });

export interface DescribedOptions {
  readonly rowMode?: RowMode;
  readonly inputs?: readonly TensorInfo[];
  readonly outputs?: readonly TensorInfo[];
  readonly config?: Partial<ModelConfig>;
  readonly cuda?: boolean;
  readonly external?: boolean;
  readonly assumptions?: readonly string[];
}

/** What the documents of the Open Inference Protocol need to know of a model. */
export function describedModel(options: DescribedOptions = {}): DescribedModel {
  const signature = {
    inputs: options.inputs ?? [tensor('X', 'float32', [null, 4])],
    outputs: options.outputs ?? [tensor('probabilities', 'float32', [null, 3])],
  };
  const base = { signature, executionProvider: options.cuda === true ? 'cuda' : 'cpu', fallback: null, session: 'base' } as const;
  return {
    key: { model: 'm', version: 3, digest: 'd' },
    config: { ...CONFIG, ...options.config },
    signature,
    rowMode: options.rowMode ?? 'batched',
    base: options.external === true ? null : base,
    assumptions: options.assumptions ?? [],
  };
}
