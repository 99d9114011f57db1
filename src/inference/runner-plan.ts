import type { RunStep } from '../engine/engine.js';
import type { TensorInfo } from '../engine/tensor.js';
import { FEATURE_OUTPUTS, META_GRAPH } from '../meta/features/layout.js';
import { AUGMENTED_INPUT, SCORES_INPUT } from '../meta/features/graph.js';
import type { FeatureChain, LiveMetaModel, LoadedModel } from './contracts.js';
import type { SessionStage } from './runner-request.js';

/** Prefix of the base model's outputs among the tensors of a run; inputs and outputs of a model may share names. */
export const OUTPUT_PREFIX = 'output:';
const INPUT_PREFIX = 'input:';
const AUGMENTED_PREFIX = 'augmented:';

/** Name of the meta-model's failure probabilities among the tensors of a run: float32 [N]. */
export const SCORES = 'metaerr_score';

export interface Plan {
  readonly steps: readonly RunStep[];
  /** What each step is part of. */
  readonly stages: readonly SessionStage[];
  /** Tensors that the reply carries. */
  readonly fetch: readonly string[];
}

/** The model's inputs under their names in the run. */
export function inputName(name: string): string {
  return INPUT_PREFIX + name;
}

/** The model's outputs under their names in the run. */
export function outputName(name: string): string {
  return OUTPUT_PREFIX + name;
}

/**
 * The steps of one run: base model (required; none where it is served elsewhere and its outputs are given), the augmented rows
 * (optional, where it is asked about them too), feature graph (optional), meta-model (optional, when one is live). A failing optional
 * step leaves out what it would have made.
 */
export function predictPlan(model: LoadedModel, meta: LiveMetaModel | null, chain: FeatureChain = model.features): Plan {
  const after = chainPlan(model, meta, chain);
  if (model.base === null) return after;
  const outputs = renamed(model.signature.outputs, outputName);
  const base = { session: model.base.session, feeds: renamed(model.signature.inputs, inputName), fetches: outputs, optional: false };
  return { steps: [base, ...after.steps], stages: ['base', ...after.stages], fetch: [...Object.values(outputs), ...after.fetch] };
}

/** The steps after the base model, over its outputs. */
export function chainPlan(model: LoadedModel, meta: LiveMetaModel | null, chain: FeatureChain): Plan {
  const features = featureFetches(chain);
  const augmented = augmentedSteps(model, chain);
  const steps: readonly RunStep[] = [...augmented, { session: chain.session, feeds: featureFeeds(model, chain), fetches: features, optional: true }];
  const stages: readonly SessionStage[] = [...augmented.map(() => 'augmentation' as const), 'features'];
  const fetch = Object.values(features);
  return meta === null ? { steps, stages, fetch } : { steps: [...steps, metaStep(meta)], stages: [...stages, 'meta'], fetch: [...fetch, SCORES] };
}

/** The base model again, on augmented inputs: only the class scores are of interest. */
function augmentedSteps({ base, signature }: LoadedModel, { augmentation, featureGraph }: FeatureChain): readonly RunStep[] {
  const scores = featureGraph.feeds[SCORES_INPUT];
  if (augmentation === null || base === null || scores === undefined) return [];
  const { session, outputs } = augmentation;
  const changed = Object.keys(outputs);
  const feeds = Object.fromEntries(changed.map((name) => [name, inputName(name)]));
  const fetches = Object.fromEntries(changed.map((name) => [outputs[name]!, AUGMENTED_PREFIX + name]));
  const again = renamed(signature.inputs, (name) => (outputs[name] === undefined ? inputName(name) : AUGMENTED_PREFIX + name));
  return [
    { session, feeds, fetches, optional: true },
    { session: base.session, feeds: again, fetches: { [scores]: AUGMENTED_INPUT }, optional: true },
  ];
}

/** Outputs of the base model that the feature graph reads. */
export function outputsRead({ signature }: LoadedModel, { featureGraph }: FeatureChain): readonly string[] {
  const read = new Set(Object.values(featureGraph.feeds));
  return signature.outputs.map(({ name }) => name).filter((name) => read.has(name));
}

/** The meta-model alone, over features that are there already. */
export function metaPlan(meta: LiveMetaModel): Plan {
  return { steps: [metaStep(meta)], stages: ['meta'], fetch: [SCORES] };
}

function metaStep(meta: LiveMetaModel): RunStep {
  return { session: meta.session, feeds: { [META_GRAPH.input]: FEATURE_OUTPUTS.features }, fetches: { [META_GRAPH.output]: SCORES }, optional: true };
}

/** A name stands for one value in the base model's graph, so an output of an input's name is that input. */
function featureFeeds({ signature }: LoadedModel, { featureGraph }: FeatureChain): Record<string, string> {
  const outputs = new Set(signature.outputs.map(({ name }) => name));
  const made = new Set([AUGMENTED_INPUT, ...featureGraph.hashes.map(({ input }) => input)]);
  const source = (name: string) => (made.has(name) ? name : outputs.has(name) ? outputName(name) : inputName(name));
  return Object.fromEntries(Object.entries(featureGraph.feeds).map(([input, name]) => [input, source(name)]));
}

function featureFetches({ layout }: FeatureChain): Record<string, string> {
  const { features, classes, confidence, coldStart } = FEATURE_OUTPUTS;
  const names = layout.behaviour.kind === 'none' ? [features] : [features, classes, confidence, coldStart];
  return Object.fromEntries(names.map((name) => [name, name]));
}

function renamed(infos: readonly TensorInfo[], rename: (name: string) => string): Record<string, string> {
  return Object.fromEntries(infos.map(({ name }) => [name, rename(name)]));
}
