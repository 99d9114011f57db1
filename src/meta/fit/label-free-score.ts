import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
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
}

/** The same, brought to failure logits and corrected by what the pretrained trees make of predictions like these. */
export interface LabelFreeParameters extends LabelFreeExperts {
  readonly scale: ScoreScale;
  readonly facts: Float32Array;
  /** How much is taken of the correction, in [0, 1]; 0 where the consensus has no weight. */
  readonly trust: number;
}

export interface LabelFreeScore {
  /** N x 1: the mean of s and g, and the margin score of base model and consensus together for the class that the base model predicts; higher is more suspicious. */
  readonly score: Value;
  /** N x 1: s, the failure logit by confidence. */
  readonly confidence: Value;
  /** N x SIGNAL_COUNT; null where the consensus has no weight. */
  readonly signals: Value | null;
}

/** Columns of the behaviour figures: s, the logit of 1 - confidence, and the margin score g. */
const [CONFIDENCE, MARGIN] = [0, 1];
const TOGETHER = signalIndex('pooled margin', CONSENSUS_REACH);

/** From the feature vectors (N x width). */
export function emitLabelFreeScore(graph: GraphBuilder, features: Value, { form, transform, metric, answered, weight }: LabelFreeExperts): LabelFreeScore {
  const { transformed, behaviour } = emitSignals(graph, features, form, transform);
  if (transformed === null || behaviour?.predicted == null || behaviour.logProbabilities === null) throw new Error('the consensus needs input features and a score of each class');
  const { logProbabilities, predicted, figures } = behaviour;
  const [confidence, margin] = [columns(graph, figures, CONFIDENCE, CONFIDENCE + 1), columns(graph, figures, MARGIN, MARGIN + 1)];
  const own = times(graph, plus(graph, confidence, margin), (1 - weight) / 2);
  if (weight === 0) return { score: own, confidence, signals: null };
  const signals = emitPretrainedSignals(graph, { points: emitPoints(graph, transformed, metric), logProbabilities, predicted, figures }, answered);
  return { score: plus(graph, own, times(graph, columns(graph, signals, TOGETHER, TOGETHER + 1), weight)), confidence, signals };
}

export interface LabelFreeLogits {
  /** N x 1: the failure logit before and after the correction. */
  readonly uncorrected: Value;
  readonly logit: Value;
  /** N x 1, and what it is made of; null where the consensus has no weight. */
  readonly correction: Value | null;
  readonly signals: Value | null;
}

/** From the feature vectors (N x width). */
export function emitLabelFreeLogits(graph: GraphBuilder, features: Value, parameters: LabelFreeParameters): LabelFreeLogits {
  const { scale: { intercept, slope }, facts, trust } = parameters;
  const { score, signals } = emitLabelFreeScore(graph, features, parameters);
  const uncorrected = plus(graph, times(graph, score, slope), intercept);
  if (signals === null) return { uncorrected, logit: uncorrected, correction: null, signals };
  const correction = times(graph, emitCorrection(graph, signals, facts, pretrainedTrees()), trust);
  return { uncorrected, logit: plus(graph, uncorrected, correction), correction, signals };
}
