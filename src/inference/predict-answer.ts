import type { Tensor, TensorMap } from '../engine/tensor.js';
import type { MetaErrStatus } from '../ledger/ledger.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import { rowSize } from './codec/tensor-data.js';
import type { FeatureChain, ModelConfig } from './contracts.js';
import type { OutputForm } from './output-form.js';
import { numberAt, predictedClasses, predictedLabels } from './predict-classes.js';
import { OUTPUT_PREFIX, SCORES } from './runner-plan.js';
import type { RunAnswer } from './runner-request.js';

/** What a request's rows are answered, as columns; NaN, null and -1 where the task has no such thing. */
export interface Answer {
  readonly status: MetaErrStatus;
  readonly metaVersion: number;
  readonly classes: Int32Array;
  readonly labels: readonly (string | null)[];
  readonly confidences: Float64Array;
  readonly coldStartProbabilities: Float64Array;
  readonly values: Float64Array;
  readonly tolerances: Float64Array;
  readonly failureProbabilities: Float64Array;
  /** 1 = review: the failure probability is above the limit, or there is none. */
  readonly reviews: Uint8Array;
  /** The base model's row-wise outputs under their own names, and how each stood in the engine. */
  readonly outputs: TensorMap;
  readonly forms: Readonly<Record<string, OutputForm>>;
  /** Outputs that hold for the request as a whole. */
  readonly requestOutputs: TensorMap;
}

/** Reads what the sessions answered the rows of one request; failure probabilities up to `limit` are accepted. */
export function readAnswer(config: ModelConfig, run: RunAnswer, rows: number, limit: number): Answer {
  const { tensors, forms, requestOutputs, metaVersion, labelFree, chain } = run;
  const classes = predictedClasses(tensors, config, rows);
  const coldStartProbabilities = column(tensors[FEATURE_OUTPUTS.coldStart], rows);
  const values = predictedValues(tensors, config, rows);
  const scoring = score(tensors, chain, { metaVersion, labelFree }, coldStartProbabilities);
  return {
    ...scoring,
    metaVersion,
    classes,
    labels: predictedLabels(tensors, config, classes),
    confidences: column(tensors[FEATURE_OUTPUTS.confidence], rows),
    coldStartProbabilities,
    values,
    tolerances: values.map((value) => tolerance(config, value)),
    reviews: Uint8Array.from(scoring.failureProbabilities, (probability) => (probability <= limit ? 0 : 1)),
    outputs: baseOutputs(tensors),
    forms,
    requestOutputs,
  };
}

function score(tensors: TensorMap, { layout }: FeatureChain, { metaVersion, labelFree }: Pick<RunAnswer, 'metaVersion' | 'labelFree'>, coldStart: Float64Array): Pick<Answer, 'status' | 'failureProbabilities'> {
  const rows = coldStart.length;
  const cold = metaVersion === 0;
  const failureProbabilities = cold ? coldStart.slice() : column(tensors[SCORES], rows);
  // A cold start without classes has no score and is no fault.
  const mayLack = cold && layout.behaviour.kind === 'none';
  const degraded = tensors[FEATURE_OUTPUTS.features] === undefined || (!mayLack && failureProbabilities.some(Number.isNaN));
  if (degraded) return { status: 'degraded', failureProbabilities };
  return { status: cold ? 'cold_start' : labelFree ? 'label_free' : 'ok', failureProbabilities };
}

function predictedValues(tensors: TensorMap, config: ModelConfig, rows: number): Float64Array {
  if (config.task !== 'regression' || config.output === null) return new Float64Array(rows).fill(NaN);
  const output = tensors[OUTPUT_PREFIX + config.output];
  const size = output === undefined ? 1 : rowSize(output);
  return Float64Array.from({ length: rows }, (_, row) => numberAt(output, row * size));
}

function tolerance(config: ModelConfig, value: number): number {
  if (config.tolerance === null || Number.isNaN(value)) return NaN;
  return Math.max(config.tolerance.absolute, config.tolerance.relative * Math.abs(value));
}

function column(tensor: Tensor | undefined, rows: number): Float64Array {
  return tensor?.type === 'float32' ? new Float64Array(tensor.data) : new Float64Array(rows).fill(NaN);
}

function baseOutputs(tensors: TensorMap): TensorMap {
  const outputs: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) if (name.startsWith(OUTPUT_PREFIX)) outputs[name.slice(OUTPUT_PREFIX.length)] = tensor;
  return outputs;
}
