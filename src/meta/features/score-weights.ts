import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addFinite } from './finite.js';
import type { ScoreKind } from './layout.js';

const LARGEST = 1e30;

/**
 * Class scores of any numeric type and shape with `classes` (binary kinds: one) numbers a row, to float64 [N, classes] of
 * weights that are the class probabilities up to a factor of the row. In float64, so that exp(logit - largest) and 1 - p
 * of a float32 p lose nothing. NaN is taken for no evidence: the least logit, probability 0, or a half where there is only
 * one score; a row without any weight is uniform.
 */
export function addScoreWeights(graph: GraphBuilder, scores: Value, kind: ScoreKind, classes: number): Value {
  const binary = kind === 'binary_probability' || kind === 'binary_logit';
  const wide = graph.node('Cast', [scores], { to: ELEMENT_TYPE_NUMBERS.float64 });
  const rows = graph.node('Reshape', [wide, graph.ints([-1, binary ? 1 : classes])]);
  switch (kind) {
    case 'logits':
      return addExponentials(graph, addFinite(graph, rows, { type: 'float64', missing: -LARGEST, least: -LARGEST, most: LARGEST }));
    case 'binary_logit': {
      const logit = addFinite(graph, rows, { type: 'float64', missing: 0, least: -LARGEST, most: LARGEST });
      const zero = graph.node('Mul', [logit, graph.scalar('float64', 0)]);
      return addExponentials(graph, graph.node('Concat', [zero, logit], { axis: 1 }));
    }
    case 'binary_probability': {
      const p = addFinite(graph, rows, { type: 'float64', missing: 0.5, least: 0, most: 1 });
      return graph.node('Concat', [graph.node('Sub', [graph.scalar('float64', 1), p]), p], { axis: 1 });
    }
    case 'probabilities':
      return addUniformWhereEmpty(graph, addFinite(graph, rows, { type: 'float64', missing: 0, least: 0, most: LARGEST }));
  }
}

/** exp(logit - largest logit of the row). */
function addExponentials(graph: GraphBuilder, logits: Value): Value {
  const largest = graph.node('ReduceMax', [logits], { axes: [1], keepdims: 1 });
  return graph.node('Exp', [graph.node('Sub', [logits, largest])]);
}

function addUniformWhereEmpty(graph: GraphBuilder, weights: Value): Value {
  const total = graph.node('ReduceSum', [weights, graph.ints([1])], { keepdims: 1 });
  const empty = graph.node('LessOrEqual', [total, graph.scalar('float64', 0)]);
  return graph.node('Where', [empty, graph.scalar('float64', 1), weights]);
}
