import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { clip, plus } from '../experts/operators.js';
import { META_GRAPH } from '../features/layout.js';

/** Keep the float32 probability inside (0, 1). */
const LOWEST_LOGIT = -30;
const HIGHEST_LOGIT = 16;

/**
 * Writes a meta-model: META_GRAPH.input float32 [N, width] -> META_GRAPH.output float32 [N], in (0, 1), from what emits the failure logits (N x 1) of
 * the feature vectors. `recipe` names in the file what it is.
 */
export function writeServingGraph(width: number, recipe: string, emitLogit: (graph: GraphBuilder, features: Value) => Value): Uint8Array {
  const graph = createGraphBuilder();
  const features = graph.input(META_GRAPH.input, 'float32', ['rows', width]);
  const logit = clip(graph, emitLogit(graph, features), LOWEST_LOGIT, HIGHEST_LOGIT);
  const probability = logistic(graph, graph.node('Reshape', [logit, graph.ints([-1])]));
  graph.output(META_GRAPH.output, probability, 'float32', ['rows']);
  return graph.toModel({ producer: 'metaerr', recipe });
}

/**
 * 1 / (1 + e^-z). Not the Sigmoid operator: onnxruntime's is an approximation of absolute error 1e-7 that is 0 below -18 and not
 * monotone before, which would spoil the order of the confident rows.
 */
function logistic(graph: GraphBuilder, logit: Value): Value {
  const odds = graph.node('Exp', [graph.node('Neg', [logit])]);
  return graph.node('Reciprocal', [plus(graph, odds, 1)]);
}
