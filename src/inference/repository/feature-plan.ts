import type { TensorInfo } from '../../engine/tensor.js';
import { behaviourLayout } from '../../meta/features/behaviour-layout.js';
import type { FeaturePlan, ScoreSource } from '../../meta/features/plan.js';
import type { Evidence } from '../config/evidence.js';
import type { ModelConfig } from '../contracts.js';

/** An output with the rank that it has at run time; dimensions that vary stay free. */
function asObserved(info: TensorInfo, evidence: Evidence): TensorInfo {
  const shapes = evidence.observations.flatMap(({ outputs }) => (outputs[info.name] === undefined ? [] : [outputs[info.name]?.dims ?? []]));
  const [first] = shapes;
  if (first === undefined || first.length === info.dims.length) return info;
  const dims = first.map((dim, axis) => ((axis === 0 && evidence.batched) || !shapes.every((shape) => shape[axis] === dim) ? null : dim));
  return { ...info, dims };
}

function scoreSource(config: ModelConfig, evidence: Evidence): ScoreSource | null {
  const info = evidence.signature.outputs.find(({ name }) => name === config.output);
  return config.scores === null || info === undefined ? null : { output: asObserved(info, evidence), kind: config.scores };
}

/** Outputs that say something about a row beyond its inputs: the value of a regression, every number of a custom task. */
function outputFeatures(config: ModelConfig, evidence: Evidence): readonly TensorInfo[] {
  if (config.scores !== null) return [];
  const wanted = evidence.signature.outputs.filter(({ name, type }) => type !== 'string' && (config.output === null || name === config.output));
  return wanted.map((info) => asObserved(info, evidence));
}

/** What the feature graph of a model is planned from. */
export function featurePlanOf(config: ModelConfig, evidence: Evidence): FeaturePlan {
  return {
    inputs: evidence.signature.inputs,
    outputs: outputFeatures(config, evidence),
    batched: evidence.batched,
    source: scoreSource(config, evidence),
    behaviour: behaviourLayout(config.labels?.length ?? null),
    maxWidth: config.features.max_width,
  };
}
