import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { marginScore } from './behaviour.js';
import { MASK, clip, logSumExp, minus, plus, rowReduce, rowSum, times } from './operators.js';

/** N x 1 each: how much class logits doubt a label; higher is more suspicious. */
export interface Doubt {
  /** The failure logit of the label under the softmax of the logits, clipped to +-16. */
  readonly logit: Value;
  /** Its margin score: where another class is ahead it is as high as it can be. */
  readonly margin: Value;
}

/** What class logits (N x classes) say of the labels whose indicators (N x classes) are given. */
export function emitDoubt(graph: GraphBuilder, logits: Value, indicators: Value): Doubt {
  const logs = graph.node('LogSoftmax', [logits], { axis: 1 });
  const others = plus(graph, logs, times(graph, indicators, MASK));
  const own = rowSum(graph, times(graph, logs, indicators));
  const rest = logSumExp(graph, others);
  return { logit: clip(graph, minus(graph, rest, own), -16, 16), margin: marginScore(graph, rest, own, rowReduce(graph, 'ReduceMax', others)) };
}
