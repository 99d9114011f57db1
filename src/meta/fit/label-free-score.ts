import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitDoubt } from '../experts/doubt.js';
import { emitPoints, type DistanceMetric } from '../experts/distance-metric.js';
import type { Form } from '../experts/form.js';
import type { InputTransform } from '../experts/input-transform.js';
import { columns, oneHot, plus, times } from '../experts/operators.js';
import { emitPool } from '../experts/pool.js';
import { emitKernelLogs, type KernelOpinion } from '../kernel/kernel-score.js';
import type { ScoreScale } from '../linear/soft-targets.js';
import type { AnsweredCentres } from '../pretrained/answered-centres.js';
import { emitCorrection, pretrainedTrees } from '../pretrained/pretrained-trees.js';
import { emitPretrainedSignals, type SignalInputs } from '../pretrained/signals.js';
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

/** What the pretrained trees read, and how much of what they say is taken: all of it, less where the consensus disagrees too often. */
export interface PretrainedReading {
  readonly answered: AnsweredCentres;
  readonly facts: Float32Array;
  readonly share: number;
}

/** The same, brought to failure logits and corrected by what the pretrained trees make of predictions like these. */
export interface LabelFreeParameters extends LabelFreeExperts {
  readonly scale: ScoreScale;
  /** Null where the consensus has no weight. */
  readonly pretrained: PretrainedReading | null;
}

/** Columns of the behaviour figures: s, the logit of 1 - confidence, and the margin score g. */
const [CONFIDENCE, MARGIN] = [0, 1];

/**
 * N x 1 each, from the feature vectors (N x width). `score`: the mean of s and g, and the margin score of base model and consensus together for the
 * class that the base model predicts; higher is more suspicious. `confidence`: s.
 */
export function emitLabelFreeScore(graph: GraphBuilder, features: Value, experts: LabelFreeExperts): { readonly score: Value; readonly confidence: Value } {
  return scoreOf(graph, inputsOf(graph, features, experts), experts);
}

function scoreOf(graph: GraphBuilder, { figures, predicted, ...kernelInputs }: SignalInputs, { form, consensus, weight }: LabelFreeExperts): { readonly score: Value; readonly confidence: Value } {
  const [confidence, margin] = [columns(graph, figures, CONFIDENCE, CONFIDENCE + 1), columns(graph, figures, MARGIN, MARGIN + 1)];
  const own = times(graph, plus(graph, confidence, margin), (1 - weight) / 2);
  if (weight === 0) return { score: own, confidence };
  const pooled = emitPool(graph, kernelInputs.logProbabilities, emitKernelLogs(graph, kernelInputs, consensus.classifier), consensus.pool);
  const { margin: together } = emitDoubt(graph, pooled, oneHot(graph, predicted, form.references));
  return { score: plus(graph, own, times(graph, together, weight)), confidence };
}

function inputsOf(graph: GraphBuilder, features: Value, { form, transform, metric }: LabelFreeExperts): SignalInputs {
  const { transformed, behaviour } = emitSignals(graph, features, form, transform);
  if (transformed === null || behaviour?.predicted == null || behaviour.logProbabilities === null) throw new Error('the consensus needs input features and a score of each class');
  const { logProbabilities, predicted, figures } = behaviour;
  return { points: emitPoints(graph, transformed, metric), logProbabilities, predicted, figures };
}

/** N x 1 and N x SIGNAL_COUNT: the failure logit before the correction, and what the correction is made of. */
export function emitLabelFreeSignals(graph: GraphBuilder, features: Value, parameters: LabelFreeParameters): { readonly logit: Value; readonly signals: Value | null } {
  const { scale: { intercept, slope }, pretrained } = parameters;
  const inputs = inputsOf(graph, features, parameters);
  const { score } = scoreOf(graph, inputs, parameters);
  return { logit: plus(graph, times(graph, score, slope), intercept), signals: pretrained === null ? null : emitPretrainedSignals(graph, inputs, pretrained.answered) };
}

/** N x 1: the failure logit, from the feature vectors (N x width). */
export function emitLabelFreeLogit(graph: GraphBuilder, features: Value, parameters: LabelFreeParameters): Value {
  const { logit, signals } = emitLabelFreeSignals(graph, features, parameters);
  const { pretrained } = parameters;
  if (signals === null || pretrained === null) return logit;
  return plus(graph, logit, times(graph, emitCorrection(graph, signals, pretrained.facts, pretrainedTrees()), pretrained.share));
}
