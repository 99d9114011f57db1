import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { FIGURE } from '../experts/behaviour.js';
import { emitPoints, type DistanceMetric } from '../experts/distance-metric.js';
import type { Form } from '../experts/form.js';
import type { InputTransform } from '../experts/input-transform.js';
import { columns, plus, times } from '../experts/operators.js';
import type { ScoreScale } from '../linear/soft-targets.js';
import { CONSENSUS_REACH, type AnsweredCentres } from '../pretrained/answered-centres.js';
import { emitCorrection, pretrainedTrees } from '../pretrained/pretrained-trees.js';
import { emitPretrainedSignals, signalIndex } from '../pretrained/signals.js';
import { emitSignals } from './stages.js';

/** What tells failures from successes without a label. */
export interface LabelFreeExperts {
  /** Of kind `classes`, temperature 1. */
  readonly form: Form;
  readonly transform: InputTransform;
  readonly metric: DistanceMetric | null;
  /** The consensus, and the opinions that look nearer and farther. */
  readonly answered: AnsweredCentres;
  /** Of the consensus in the score, in [0, 0.5]; the rest is the base model's own. */
  readonly weight: number;
  /** Of the model, which the pretrained trees read beside the signals of a row. */
  readonly facts: Float32Array;
  /** How much is taken of their correction, in [0, 1]; 0 where the consensus has no weight. */
  readonly trust: number;
}

/** The same, brought to failure logits. */
export interface LabelFreeParameters extends LabelFreeExperts {
  readonly scale: ScoreScale;
}

export interface LabelFreeScore {
  /** N x 1: the mean of s and g, and the margin score of base model and consensus together for the class that the base model predicts; higher is more suspicious. */
  readonly score: Value;
  /** N x 1: s, the failure logit by confidence. */
  readonly confidence: Value;
  /** N x SIGNAL_COUNT; null where the consensus has no weight. */
  readonly signals: Value | null;
}

const TOGETHER = signalIndex('pooled margin', CONSENSUS_REACH);

/** From the feature vectors (N x width). */
export function emitLabelFreeScore(graph: GraphBuilder, features: Value, { form, transform, metric, answered, weight }: LabelFreeExperts): LabelFreeScore {
  const { transformed, behaviour } = emitSignals(graph, features, form, transform);
  if (transformed === null || behaviour?.predicted == null || behaviour.logProbabilities === null) throw new Error('the consensus needs input features and a score of each class');
  const { logProbabilities, predicted, figures } = behaviour;
  const [confidence, margin] = [FIGURE.confidence, FIGURE.margin].map((column) => columns(graph, figures, column, column + 1)) as [Value, Value];
  const own = times(graph, plus(graph, confidence, margin), (1 - weight) / 2);
  if (weight === 0) return { score: own, confidence, signals: null };
  const signals = emitPretrainedSignals(graph, { points: emitPoints(graph, transformed, metric), logProbabilities, predicted, figures }, answered);
  return { score: plus(graph, own, times(graph, columns(graph, signals, TOGETHER, TOGETHER + 1), weight)), confidence, signals };
}

export interface LabelFreeLogits {
  /** N x 1: the failure logit before and after the correction. */
  readonly uncorrected: Value;
  readonly logit: Value;
  /** What the correction is made of; null where the consensus has no weight. */
  readonly signals: Value | null;
}

export interface LabelFreeCorrection {
  /** N x SIGNAL_COUNT. */
  readonly signals: Value;
  /** N x 1: what the pretrained trees add to the failure logit. */
  readonly correction: Value;
}

/** Of experts whose consensus has weight; throws where it has none. */
export function emitLabelFreeCorrection(graph: GraphBuilder, features: Value, experts: LabelFreeExperts): LabelFreeCorrection {
  const { signals } = emitLabelFreeScore(graph, features, experts);
  if (signals === null) throw new Error('a consensus without weight says nothing to correct by');
  return { signals, correction: correctionOf(graph, signals, experts) };
}

function correctionOf(graph: GraphBuilder, signals: Value, { facts, trust }: LabelFreeExperts): Value {
  return times(graph, emitCorrection(graph, signals, facts, pretrainedTrees('label-free')), trust);
}

/** From the feature vectors (N x width). */
export function emitLabelFreeLogits(graph: GraphBuilder, features: Value, parameters: LabelFreeParameters): LabelFreeLogits {
  const { scale: { intercept, slope } } = parameters;
  const { score, signals } = emitLabelFreeScore(graph, features, parameters);
  const uncorrected = plus(graph, times(graph, score, slope), intercept);
  return { uncorrected, logit: signals === null ? uncorrected : plus(graph, uncorrected, correctionOf(graph, signals, parameters)), signals };
}
