import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { MASK, atLeast, beside, clip, logSumExp, minus, plus, rowReduce, rowSum, times } from './operators.js';

/** N x 1 each: how much class probabilities doubt a label; higher is more suspicious. */
export interface Doubt {
  /** The failure logit of the label, clipped to +-16. */
  readonly logit: Value;
  /** Its margin score: where another class is ahead it is as high as it can be. */
  readonly margin: Value;
  /** Logarithms of the probabilities of the label and of the largest other class. */
  readonly first: Value;
  readonly second: Value;
}

/** What logarithms of class probabilities (N x classes) say of the labels whose indicators (N x classes) are given. */
export function emitDoubt(graph: GraphBuilder, logs: Value, indicators: Value): Doubt {
  const others = plus(graph, logs, times(graph, indicators, MASK));
  const first = rowSum(graph, times(graph, logs, indicators));
  const second = rowReduce(graph, 'ReduceMax', others);
  const rest = logSumExp(graph, others);
  return { logit: clip(graph, minus(graph, rest, first), -16, 16), margin: marginScore(graph, rest, first, second), first, second };
}

/** g = ln((rest + p2) / max(p1 - p2, 1e-4)), from the logarithms of `rest` = 1 - p1, p1 and p2. */
function marginScore(graph: GraphBuilder, rest: Value, first: Value, second: Value): Value {
  const gap = minus(graph, graph.node('Exp', [first]), graph.node('Exp', [second]));
  const numerator = logSumExp(graph, beside(graph, [rest, second]));
  return clip(graph, minus(graph, numerator, graph.node('Log', [atLeast(graph, gap, 1e-4)])), -16, 10);
}
