import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addBehaviour } from './behaviour-graph.js';
import { augmentationOf } from './behaviour-layout.js';
import { addInputFeatures, addNothing } from './input-graph.js';
import type { HashInput } from './input-graph.js';
import { FEATURE_OUTPUTS, yieldsNothing } from './layout.js';
import type { FeatureLayout } from './layout.js';
import type { ScoreSource } from './plan.js';

/** Graph input of the class scores. */
export const SCORES_INPUT = 'metaerr_scores';
/** Graph input of those of the augmented rows; the run has them under the same name. */
export const AUGMENTED_INPUT = 'metaerr_augmented_scores';

export interface FeatureGraph {
  /** A standalone model with the outputs of FEATURE_OUTPUTS. */
  readonly onnx: Uint8Array;
  /** Graph input name to the name of the base model's input or output that feeds it (as the `feeds` of a RunStep); hash inputs and augmented scores are named by themselves. */
  readonly feeds: Readonly<Record<string, string>>;
  /** Inputs to be made by `hashStrings` or `hashTexts` and put into the run under their own names. */
  readonly hashes: readonly HashInput[];
}

/**
 * Writes the feature graph of a layout: from the inputs and outputs of the base model to feature vector, predicted class,
 * confidence and cold-start score. `source` and `batched` are those the layout was planned with. Throws a RangeError when
 * source and behaviour do not belong together.
 */
export function buildFeatureGraph(layout: FeatureLayout, source: ScoreSource | null, batched: boolean): FeatureGraph {
  const graph = createGraphBuilder({ prefix: 'metaerr_' });
  const inputs = yieldsNothing(layout) ? addNothing(graph, layout, batched) : addInputFeatures(graph, layout, batched);
  const feeds: Record<string, string> = { ...inputs.feeds };
  for (const hash of inputs.hashes) feeds[hash.input] = hash.input;
  const parts: Value[] = inputs.value === null ? [] : [inputs.value];
  if (source !== null) {
    feeds[SCORES_INPUT] = source.output.name;
    if (augmentationOf(layout.behaviour) !== null) feeds[AUGMENTED_INPUT] = AUGMENTED_INPUT;
    parts.push(addScores(graph, layout, source));
  } else if (layout.behaviour.kind !== 'none') {
    throw new RangeError(`source: expected the class scores for the behaviour '${layout.behaviour.kind}', got null`);
  }
  const features = graph.node('Concat', parts, { axis: 1 });
  graph.output(FEATURE_OUTPUTS.features, features, 'float32', [null, layout.width]);
  return { onnx: graph.toModel({ feature_schema: layout.schema }), feeds, hashes: inputs.hashes };
}

/** Adds the outputs that class scores give and returns the behaviour, float32 [N, width]. */
function addScores(graph: GraphBuilder, layout: FeatureLayout, { output, kind }: ScoreSource): Value {
  if (layout.behaviour.kind === 'none') throw new RangeError("source: expected null for the behaviour 'none'");
  // No shape is declared: exporters write sizes that do not hold, and the rows may stand in any form.
  const own = graph.input(SCORES_INPUT, output.type, null);
  const augmented = augmentationOf(layout.behaviour) === null ? null : graph.input(AUGMENTED_INPUT, output.type, null);
  const behaviour = addBehaviour(graph, { own, augmented }, kind, layout.behaviour);
  graph.output(FEATURE_OUTPUTS.classes, behaviour.classes, 'int64', [null]);
  graph.output(FEATURE_OUTPUTS.confidence, behaviour.confidence, 'float32', [null]);
  graph.output(FEATURE_OUTPUTS.coldStart, behaviour.coldStart, 'float32', [null]);
  return behaviour.value;
}
