import type { TensorInfo } from '../../engine/tensor.js';
import { behaviourLayout } from '../../meta/features/behaviour-layout.js';
import type { FeaturePlan, ScoreSource } from '../../meta/features/plan.js';
import { augmentationIn, refuseUnfitAugmentation } from '../augmentation.js';
import type { ModelConfig } from '../contracts.js';
import { refuseUnfitPictures } from '../picture-checks.js';
import { flatPictures } from '../pictures.js';
import { hasBatch, isRowWise } from '../row-shape.js';
import { freeTexts, tokenTexts } from '../texts.js';
import type { BaseEvidence } from './base-evidence.js';

/** What is known of the inputs and outputs of a model. */
export type FeatureEvidence = Pick<BaseEvidence, 'signature' | 'rowOutputs' | 'rowMode' | 'forms' | 'graph'>;

function scoreSource(config: ModelConfig, evidence: FeatureEvidence): ScoreSource | null {
  const info = evidence.rowOutputs.find(({ name }) => name === config.output);
  return config.scores === null || info === undefined ? null : { output: info, kind: config.scores };
}

/**
 * An output as the feature graph reads it: with the rows as dimension 0 where a run has several. A run of one row may lack
 * the dimension for it.
 */
function featureOutput(info: TensorInfo, { forms, rowMode, signature }: FeatureEvidence): TensorInfo {
  if (rowMode === 'batched' || rowMode === 'request') return info;
  return forms.get(info.name) === 'bare' ? (signature.outputs.find(({ name }) => name === info.name) ?? info) : { ...info, dims: [1, ...info.dims.slice(1)] };
}

/** Outputs that say something about a row beyond its inputs: the value of a regression, every number of a custom task. */
function outputFeatures(config: ModelConfig, evidence: FeatureEvidence): readonly TensorInfo[] {
  if (config.scores !== null) return [];
  const wanted = evidence.rowOutputs.filter(({ name, type }) => type !== 'string' && (config.output === null || name === config.output));
  return wanted.map((info) => featureOutput(info, evidence));
}

/** What the feature graph of a model is planned from. Throws MODEL_UNAVAILABLE where the pictures or the augmentation of metaerr.yaml fit no input. */
export function featurePlanOf(config: ModelConfig, evidence: FeatureEvidence): FeaturePlan {
  const { rowMode, signature, graph } = evidence;
  const pictures = { config, signature, rowMode };
  const texts = { config, signature, graph, rowMode };
  refuseUnfitPictures(pictures);
  const plan = {
    inputs: signature.inputs.filter((info) => isRowWise(info, rowMode)),
    outputs: outputFeatures(config, evidence),
    batched: hasBatch(rowMode),
    source: scoreSource(config, evidence),
    behaviour: behaviourLayout(config.scores === null ? null : (config.labels?.length ?? null), augmentationIn(config)),
    maxWidth: config.features.max_width,
    pictures: config.features.pictures === 'none' ? null : flatPictures(pictures),
    series: config.features.series,
    texts: freeTexts(texts),
    tokens: tokenTexts(texts),
  };
  refuseUnfitAugmentation(config, plan);
  return plan;
}
