import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import { failureLogit, oneHot, plus, times } from './operators.js';

/** N x classes: class logits of the base model and of a second opinion, pooled with fitted weights. */
export function emitPool(graph: GraphBuilder, logProbabilities: Value, affinities: Value, { logProbability, affinity }: PoolWeights): Value {
  return plus(graph, times(graph, logProbabilities, logProbability), times(graph, affinities, affinity));
}

/** What the base model answered: log-probabilities (N x classes) and predicted class (N x 1). */
export interface Answers {
  readonly logProbabilities: Value;
  readonly predicted: Value;
}

/** N x 1: the failure logit of the predicted class under base model and opinion together. `logs`: N x classes. */
export function emitPooledScore(graph: GraphBuilder, { logProbabilities, predicted }: Answers, logs: Value, classes: number, pool: PoolWeights): Value {
  return failureLogit(graph, emitPool(graph, logProbabilities, logs, pool), oneHot(graph, predicted, classes));
}
