import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitEvidence } from '../experts/evidence.js';
import { emitPoints } from '../experts/distance-metric.js';
import { emitDistancePart, transformedWidth } from '../experts/input-transform.js';
import { emitLinear } from '../experts/linear-experts.js';
import { emitNeighbours } from '../experts/neighbours.js';
import { filled, plus, times } from '../experts/operators.js';
import { emitCorrection, pretrainedTrees } from '../pretrained/pretrained-trees.js';
import { expertEmitters, type ExpertEmitters } from './emit-experts.js';
import { writeServingGraph } from './serving-graph.js';
import { emitStackedColumns } from './stacked-columns.js';
import { emitSignals } from './stages.js';
import type { MetaModelParameters, RecipeParameters } from './types.js';

/**
 * Writes the serving graph: META_GRAPH.input float32 [N, width] -> META_GRAPH.output float32 [N], in (0, 1). It is put together from
 * the same emitters that computed the columns in training, so the two cannot drift apart.
 */
export function exportMetaModel(parameters: MetaModelParameters): Uint8Array {
  const recipe = parameters.recipe === null ? 'anchor' : parameters.form.kind;
  return writeServingGraph(parameters.form.width, recipe, (graph, features) => emitFailureLogits(graph, features, parameters).logit);
}

export interface FailureLogits {
  /** N x 1: the failure logit before and after the correction by pretrained trees. */
  readonly uncorrected: Value;
  readonly logit: Value;
  /** N x STACKED_COLUMN_COUNT: what the trees read beside the facts; null where nothing is corrected. */
  readonly columns: Value | null;
}

/** From the feature vectors (N x width). */
export function emitFailureLogits(graph: GraphBuilder, features: Value, { form, anchor, recipe }: MetaModelParameters): FailureLogits {
  const { transformed, behaviour } = emitSignals(graph, features, form, recipe?.transform ?? { kind: 'none' });
  const anchorLogit = emitLinear(graph, [behaviour?.anchor ?? null], anchor, null, features);
  if (recipe === null) return { uncorrected: anchorLogit, logit: anchorLogit, columns: null };
  const points = transformed === null ? null : emitPoints(graph, transformed, recipe.metric);
  const near = points === null ? null : emitDistancePart(graph, points, recipe.transform);
  const neighbours = emitNeighbours(graph, form, { points: near, predicted: behaviour?.predicted ?? null, like: features }, recipe.store, null);
  const inputs = { form, behaviour, neighbours, transformed, transformedWidth: transformedWidth(recipe.transform) };
  const evidence = emitEvidence(graph, inputs, recipe.evidence);
  const experts = expertEmitters(graph, { features, behaviour, evidence, points, anchorLogit, recipe, form });
  return emitCorrected(graph, emitStack(graph, features, experts, recipe), experts, recipe);
}

/** N x 1: the experts by their weights; one without weight is not written. */
function emitStack(graph: GraphBuilder, features: Value, { logits }: ExpertEmitters, { names, stacker }: RecipeParameters): Value {
  let logit: Value | null = null;
  names.forEach((name, k) => {
    const weight = stacker.weights[k] ?? 0;
    if (weight === 0) return;
    const part = times(graph, logits[name](), weight);
    logit = logit === null ? part : plus(graph, logit, part);
  });
  return logit === null ? filled(graph, features, 1, stacker.intercept) : plus(graph, logit, stacker.intercept);
}

function emitCorrected(graph: GraphBuilder, uncorrected: Value, { logits, signals }: ExpertEmitters, { names, correction }: RecipeParameters): FailureLogits {
  if (correction === null) return { uncorrected, logit: uncorrected, columns: null };
  const experts = Object.fromEntries(names.map((name) => [name, logits[name]()]));
  const columns = emitStackedColumns(graph, { logit: uncorrected, experts, signals: signals() });
  const added = emitCorrection(graph, columns, correction.facts, pretrainedTrees('stacked'));
  return { uncorrected, logit: emitLinear(graph, [uncorrected, added], correction.linear, null, uncorrected), columns };
}
