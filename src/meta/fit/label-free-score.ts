import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { marginScore } from '../experts/behaviour.js';
import { emitPoints, type DistanceMetric } from '../experts/distance-metric.js';
import type { Form } from '../experts/form.js';
import type { InputTransform } from '../experts/input-transform.js';
import { MASK, columns, logSumExp, oneHot, plus, rowReduce, rowSum, times } from '../experts/operators.js';
import { emitPool } from '../experts/pool.js';
import { emitKernelLogs, type KernelInputs, type KernelOpinion } from '../kernel/kernel-score.js';
import type { ScoreScale } from '../linear/soft-targets.js';
import { writeServingGraph } from './serving-graph.js';
import { emitSignals } from './stages.js';

/** What tells failures from successes without a label. */
export interface LabelFreeExperts {
  /** Of kind `classes`, temperature 1. */
  readonly form: Form;
  readonly transform: InputTransform;
  readonly metric: DistanceMetric | null;
  /** The consensus and its pool with the base model. */
  readonly consensus: KernelOpinion;
  /** Its weight in the score, in [0, 1]; the rest is the base model's own. */
  readonly weight: number;
}

/** Columns of the behaviour figures: s, the logit of 1 - confidence, and the margin score g. */
const [CONFIDENCE, MARGIN] = [0, 1];

/**
 * N x 1 each, from the feature vectors (N x width). `score`: the mean of s and g, and the margin score of base model and consensus together for the
 * class that the base model predicts; higher is more suspicious. `confidence`: s.
 */
export function emitLabelFreeScore(graph: GraphBuilder, features: Value, { form, transform, metric, consensus, weight }: LabelFreeExperts): { readonly score: Value; readonly confidence: Value } {
  const { transformed, behaviour } = emitSignals(graph, features, form, transform);
  if (transformed === null || behaviour?.predicted == null || behaviour.logProbabilities === null) throw new Error('the consensus needs input features and a score of each class');
  const { logProbabilities, predicted, figures } = behaviour;
  const [confidence, margin] = [columns(graph, figures, CONFIDENCE, CONFIDENCE + 1), columns(graph, figures, MARGIN, MARGIN + 1)];
  const own = times(graph, plus(graph, confidence, margin), (1 - weight) / 2);
  if (weight === 0) return { score: own, confidence };
  const together = pooledMargin(graph, { points: emitPoints(graph, transformed, metric), logProbabilities }, consensus, oneHot(graph, predicted, form.references));
  return { score: plus(graph, own, times(graph, together, weight)), confidence };
}

/** The margin score of the labels under base model and consensus; where another class is ahead it is as high as it can be. */
function pooledMargin(graph: GraphBuilder, inputs: KernelInputs, { classifier, pool }: KernelOpinion, indicators: Value): Value {
  const pooled = emitPool(graph, inputs.logProbabilities, emitKernelLogs(graph, inputs, classifier), pool);
  const logs = graph.node('LogSoftmax', [pooled], { axis: 1 });
  const others = plus(graph, logs, times(graph, indicators, MASK));
  const own = rowSum(graph, times(graph, logs, indicators));
  return marginScore(graph, logSumExp(graph, others), own, rowReduce(graph, 'ReduceMax', others));
}

/** Writes the serving graph. */
export function exportLabelFree(experts: LabelFreeExperts, { intercept, slope }: ScoreScale): Uint8Array {
  return writeServingGraph(experts.form.width, 'label-free', (graph, features) => plus(graph, times(graph, emitLabelFreeScore(graph, features, experts).score, slope), intercept));
}
