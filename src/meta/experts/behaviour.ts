import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { BehaviourLayout } from '../features/layout.js';
import type { Form } from './form.js';
import { emitDoubt } from './doubt.js';
import { atLeast, beside, clip, columns, minus, oneHot, plus, rowReduce, rowSum, times, toFloat } from './operators.js';

/** What the experts read of the base model's behaviour; all float32 matrices of N rows. */
export interface BehaviourValues {
  /**
   * N x 1: the anchor score, a failure logit: s, the maximum softmax probability at the fitted temperature; where there is no temperature
   * (the sorted layout), 0.7 s + 0.3 g, which is seldom far from the better of maximum softmax probability and margin.
   */
  readonly anchor: Value;
  /** N x 5: s, g, ln(p2/p1), ln(entropy + 1e-8), entropy. */
  readonly figures: Value;
  /** N x m: centred log-probabilities (of all classes, or of the largest). */
  readonly centred: Value;
  /** N x K: ln max(P, 1e-6); null unless the layout has every class. */
  readonly logProbabilities: Value | null;
  /** N x 1: index of the predicted class; null unless the layout has every class. */
  readonly predicted: Value | null;
}

/** Columns of the figures. */
export const FIGURE = { confidence: 0, margin: 1, entropy: 4 } as const;

const MSP_SHARE = 0.7;
/** ln 1e-9, where the feature vector ends, and a little room for its normalization. */
const LOWEST = -21;
const LOG_FLOOR = Math.log(1e-6);

/**
 * Emits the behaviour from the behaviour part of the feature vector (N x its width). Everything is in log space: 1 - p1 is
 * never formed by subtraction, since float32 would lose the order among confident rows. Null without behaviour.
 */
export function emitBehaviour(graph: GraphBuilder, part: Value, { behaviour, temperature }: Pick<Form, 'behaviour' | 'temperature'>): BehaviourValues | null {
  if (behaviour.kind === 'none') return null;
  return behaviour.kind === 'classes' ? fromClasses(graph, part, behaviour, temperature) : fromSorted(graph, part, behaviour.top);
}

type Classes = Extract<BehaviourLayout, { kind: 'classes' }>;

function fromClasses(graph: GraphBuilder, part: Value, behaviour: Classes, temperature: number): BehaviourValues {
  const { classes, augmentation } = behaviour;
  const isAlone = augmentation === undefined;
  const logs = tempered(graph, sanitized(graph, isAlone ? part : columns(graph, part, 0, classes), LOWEST, 0), temperature);
  // After an augmentation another class may be ahead of the predicted one.
  const predicted = isAlone ? largest(graph, logs) : sanitized(graph, columns(graph, part, classes, classes + 1), 0, classes - 1);
  const indicators = oneHot(graph, predicted, classes);
  const { logit: s, margin: g, first, second } = emitDoubt(graph, logs, indicators);
  const entropy = times(graph, rowSum(graph, times(graph, graph.node('Exp', [logs]), logs)), -1);
  const floored = atLeast(graph, logs, LOG_FLOOR);
  return {
    anchor: s,
    figures: figuresOf(graph, s, g, minus(graph, second, first), entropy),
    centred: centredLogs(graph, floored),
    logProbabilities: floored,
    predicted,
  };
}

/** N x 1: index of the largest of each row, the first of equals. */
function largest(graph: GraphBuilder, logs: Value): Value {
  return toFloat(graph, graph.node('ArgMax', [logs], { axis: 1, keepdims: 1 }));
}

function fromSorted(graph: GraphBuilder, part: Value, top: number): BehaviourValues {
  const s = sanitized(graph, columns(graph, part, 0, 1), -16, 16);
  const g = sanitized(graph, columns(graph, part, 1, 2), -16, 10);
  const ratio = sanitized(graph, columns(graph, part, 2, 3), LOWEST, -LOWEST);
  const entropy = sanitized(graph, columns(graph, part, 3, 4), 0, 100);
  const logs = sanitized(graph, columns(graph, part, 4, 4 + top), LOWEST, 0);
  return {
    anchor: anchorScore(graph, s, g),
    figures: figuresOf(graph, s, g, ratio, entropy),
    centred: centredLogs(graph, atLeast(graph, logs, LOG_FLOOR)),
    logProbabilities: null,
    predicted: null,
  };
}

/** ln softmax(logs / T). */
function tempered(graph: GraphBuilder, logs: Value, temperature: number): Value {
  return temperature === 1 ? logs : graph.node('LogSoftmax', [times(graph, logs, 1 / temperature)], { axis: 1 });
}

/** Clips, and puts the lower bound in the place of NaN. */
function sanitized(graph: GraphBuilder, value: Value, low: number, high: number): Value {
  const known = graph.node('Where', [graph.node('IsNaN', [value]), graph.scalar('float32', low), value]);
  return clip(graph, known, low, high);
}

function anchorScore(graph: GraphBuilder, s: Value, g: Value): Value {
  return plus(graph, times(graph, s, MSP_SHARE), times(graph, g, 1 - MSP_SHARE));
}

function figuresOf(graph: GraphBuilder, s: Value, g: Value, ratio: Value, entropy: Value): Value {
  return beside(graph, [s, g, ratio, graph.node('Log', [plus(graph, entropy, 1e-8)]), entropy]);
}

function centredLogs(graph: GraphBuilder, logs: Value): Value {
  return clip(graph, minus(graph, logs, rowReduce(graph, 'ReduceMean', logs)), -14, 14);
}
