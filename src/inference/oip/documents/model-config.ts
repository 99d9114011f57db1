import { shownConfig } from '../../shown-config.js';
import { modelMetadata, platformOf, type DescribedModel, type TensorMetadata } from './model-metadata.js';

export interface ConfigTensor {
  readonly name: string;
  readonly data_type: string;
  /** Without the batch where `max_batch_size` is above 0; never empty. */
  readonly dims: readonly number[];
  /** The true shape where `dims` cannot say it. */
  readonly reshape?: { readonly shape: readonly number[] };
}

/** Triton's ModelConfig in JSON, as far as it applies. */
export interface TritonModelConfig {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly version_policy: { readonly specific: { readonly versions: readonly number[] } };
  readonly max_batch_size: number;
  readonly input: readonly ConfigTensor[];
  readonly output: readonly ConfigTensor[];
  readonly instance_group: readonly InstanceGroup[];
  readonly default_model_filename: string;
  readonly dynamic_batching?: DynamicBatching;
  readonly parameters: Readonly<Record<string, { readonly string_value: string }>>;
}

interface InstanceGroup {
  readonly name: string;
  readonly kind: 'KIND_CPU' | 'KIND_GPU';
  readonly count: number;
  readonly gpus: readonly number[];
}

interface DynamicBatching {
  readonly preferred_batch_size: readonly number[];
  readonly max_queue_delay_microseconds: number;
  readonly default_queue_policy: {
    readonly timeout_action: 'REJECT';
    readonly default_timeout_microseconds: number;
    readonly allow_timeout_override: boolean;
    readonly max_queue_size: number;
  };
}

/**
 * Rows that one run takes; 0 where the tensors of a request are no rows to Triton's eye: it knows no batch of scalars, and its
 * clients send no input without a dimension beside the batch.
 */
function maxBatchSize({ rowMode, config, signature }: DescribedModel): number {
  if (signature.inputs.some(({ dims }) => dims.length < 2)) return 0;
  if (rowMode === 'batched') return config.batching.max_rows;
  return rowMode === 'single' ? 1 : 0;
}

function configTensor({ name, datatype, shape }: TensorMetadata, batched: boolean): ConfigTensor {
  const dims = batched ? shape.slice(1) : shape;
  const data_type = `TYPE_${datatype === 'BYTES' ? 'STRING' : datatype}`;
  return dims.length > 0 ? { name, data_type, dims } : { name, data_type, dims: [1], reshape: { shape: [] } };
}

function instanceGroup({ key, base, config }: DescribedModel): InstanceGroup {
  const gpu = base?.executionProvider === 'cuda';
  return { name: key.model, kind: gpu ? 'KIND_GPU' : 'KIND_CPU', count: config.instances, gpus: gpu ? [0] : [] };
}

function dynamicBatching({ batching }: DescribedModel['config']): DynamicBatching {
  return {
    preferred_batch_size: [batching.max_rows],
    max_queue_delay_microseconds: batching.max_delay_microseconds,
    default_queue_policy: {
      timeout_action: 'REJECT',
      default_timeout_microseconds: batching.timeout_milliseconds * 1_000,
      allow_timeout_override: true,
      max_queue_size: batching.max_queue_rows,
    },
  };
}

/** The completed metaerr.yaml as JSON under `metaerr_config`, and every assumption in words under `metaerr_assumption_<n>` from 1. */
function parameters({ config, assumptions }: DescribedModel): TritonModelConfig['parameters'] {
  const texts = [['metaerr_config', JSON.stringify(shownConfig(config))], ...assumptions.map((words, index) => [`metaerr_assumption_${index + 1}`, words])];
  return Object.fromEntries(texts.map(([name, string_value]) => [name, { string_value }])) as TritonModelConfig['parameters'];
}

/** The document of `GET /v2/models/{model}/config`. */
export function modelConfig(model: DescribedModel): TritonModelConfig {
  const { inputs, outputs } = modelMetadata(model);
  const max_batch_size = maxBatchSize(model);
  const tensors = (of: readonly TensorMetadata[]) => of.map((tensor) => configTensor(tensor, max_batch_size > 0));
  return {
    name: model.key.model,
    platform: platformOf(model),
    backend: model.base === null ? '' : 'onnxruntime',
    version_policy: { specific: { versions: [model.key.version] } },
    max_batch_size,
    input: tensors(inputs),
    output: tensors(outputs),
    instance_group: [instanceGroup(model)],
    default_model_filename: model.base === null ? '' : 'model.onnx',
    ...(model.rowMode === 'batched' && max_batch_size > 0 ? { dynamic_batching: dynamicBatching(model.config) } : {}),
    parameters: parameters(model),
  };
}
