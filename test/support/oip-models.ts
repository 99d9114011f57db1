import type { EnginePool } from '../../src/engine/engine.js';
import type { TensorInfo, TensorType } from '../../src/engine/tensor.js';
import type { LoadedModel, ModelConfig } from '../../src/inference/contracts.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { MODEL_CONFIG } from './model-config.js';

export const info = (name: string, type: TensorType, dims: readonly (number | null)[]): TensorInfo => ({ name, type, dims });

export interface OipModelOptions {
  readonly inputs: readonly TensorInfo[];
  readonly outputs?: readonly TensorInfo[];
  readonly rowMode?: RowMode;
  readonly config?: Partial<ModelConfig>;
  readonly external?: boolean;
}

/** What a codec needs to know of a loaded model; its engine is never touched. */
export function oipModel({ inputs, outputs = [info('y', 'float32', [null, 2])], rowMode = 'batched', config = {}, external = false }: OipModelOptions): LoadedModel {
  const signature = { inputs, outputs };
  const layout = { inputs: [], inputWidth: 0, behaviour: { kind: 'none' }, width: 0, schema: '' } as const;
  return {
    key: { model: 'm', version: 3, digest: 'd' },
    tag: 'ABCDEF',
    config: { ...MODEL_CONFIG, ...config },
    signature,
    rowMode,
    features: { layout, featureGraph: { feeds: {}, hashes: [] }, session: 'features', augmentation: null },
    behaviourOnly: null,
    pool: {} as EnginePool,
    base: external ? null : { signature, executionProvider: 'cpu', fallback: null, session: 'base' },
    assumptions: [],
    meta: null,
  };
}
