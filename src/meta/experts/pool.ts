import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import { plus, times } from './operators.js';

/** N x classes: class logits of the base model and of a second opinion, pooled with fitted weights. */
export function emitPool(graph: GraphBuilder, logProbabilities: Value, affinities: Value, { logProbability, affinity }: PoolWeights): Value {
  return plus(graph, times(graph, logProbabilities, logProbability), times(graph, affinities, affinity));
}
