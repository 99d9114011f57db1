import type { RunStep } from '../engine/engine.js';
import type { TensorInfo } from '../engine/tensor.js';
import { FEATURE_OUTPUTS, META_GRAPH } from '../meta/features/layout.js';
import type { LiveMetaModel, LoadedModel } from './contracts.js';

/** Prefix of the base model's outputs among the tensors of a run; inputs and outputs of a model may share names. */
export const OUTPUT_PREFIX = 'output:';
const INPUT_PREFIX = 'input:';

/** Name of the meta-model's failure probabilities among the tensors of a run: float32 [N]. */
export const SCORES = 'metaerr_score';

export interface Plan {
  readonly steps: readonly RunStep[];
  /** Tensors that the reply carries. */
  readonly fetch: readonly string[];
}

/** The model's inputs under their names in the run. */
export function inputName(name: string): string {
  return INPUT_PREFIX + name;
}

/**
 * The steps of one run: base model (required), feature graph (optional), meta-model (optional, when one is live). A failing
 * optional step leaves out what it would have made.
 */
export function predictPlan(model: LoadedModel, meta: LiveMetaModel | null): Plan {
  const outputs = renamed(model.signature.outputs, (name) => OUTPUT_PREFIX + name);
  const features = featureFetches(model);
  const steps: RunStep[] = [
    { session: model.sessions.base, feeds: renamed(model.signature.inputs, inputName), fetches: outputs, optional: false },
    { session: model.sessions.features, feeds: featureFeeds(model), fetches: features, optional: true },
  ];
  const fetch = [...Object.values(outputs), ...Object.values(features)];
  return meta === null ? { steps, fetch } : { steps: [...steps, metaStep(meta)], fetch: [...fetch, SCORES] };
}

/** The meta-model alone, over features that are there already. */
export function metaPlan(meta: LiveMetaModel): Plan {
  return { steps: [metaStep(meta)], fetch: [SCORES] };
}

function metaStep(meta: LiveMetaModel): RunStep {
  return { session: meta.session, feeds: { [META_GRAPH.input]: FEATURE_OUTPUTS.features }, fetches: { [META_GRAPH.output]: SCORES }, optional: true };
}

/** A name stands for one value in the base model's graph, so an output of an input's name is that input. */
function featureFeeds({ featureGraph, signature }: LoadedModel): Record<string, string> {
  const outputs = new Set(signature.outputs.map(({ name }) => name));
  const hashed = new Set(featureGraph.hashes.map(({ input }) => input));
  const source = (name: string) => (hashed.has(name) ? name : outputs.has(name) ? OUTPUT_PREFIX + name : inputName(name));
  return Object.fromEntries(Object.entries(featureGraph.feeds).map(([input, name]) => [input, source(name)]));
}

function featureFetches(model: LoadedModel): Record<string, string> {
  const { features, classes, confidence, coldStart } = FEATURE_OUTPUTS;
  const names = model.layout.behaviour.kind === 'none' ? [features] : [features, classes, confidence, coldStart];
  return Object.fromEntries(names.map((name) => [name, name]));
}

function renamed(infos: readonly TensorInfo[], rename: (name: string) => string): Record<string, string> {
  return Object.fromEntries(infos.map(({ name }) => [name, rename(name)]));
}
