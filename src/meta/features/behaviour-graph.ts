import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { BehaviourLayout, ScoreKind } from './layout.js';
import { addScoreWeights } from './score-weights.js';

/** Least class probability in the behaviour. */
export const LEAST_PROBABILITY = 1e-9;
const SCORE_LIMIT = 16;
const MARGIN_SCORE_MOST = 10;
const LEAST_MARGIN = 1e-4;

export interface BehaviourPart {
  /** int64 [N]: index of the largest score, the first of equals. */
  readonly classes: Value;
  /** float32 [N]: probability of that class. */
  readonly confidence: Value;
  /** float32 [N]: sum of the probabilities of the others; those of both where there are augmented scores. */
  readonly coldStart: Value;
  /** float32 [N, width of the behaviour]. */
  readonly value: Value;
}

type ClassBehaviour = Exclude<BehaviourLayout, { kind: 'none' }>;

/** Class scores of the rows, and of the same rows augmented; null where the behaviour has no augmentation. */
export interface BehaviourScores {
  readonly own: Value;
  readonly augmented: Value | null;
}

/** Adds predicted class, confidence, 1 - confidence and behaviour of class scores. All arithmetic is in float64. */
export function addBehaviour(graph: GraphBuilder, { own, augmented }: BehaviourScores, kind: ScoreKind, behaviour: ClassBehaviour): BehaviourPart {
  const weights = addScoreWeights(graph, own, kind, behaviour.classes);
  const largest = graph.node('ArgMax', [weights], { axis: 1, keepdims: 1 });
  const isLargest = graph.node('Equal', [graph.ints(range(behaviour.classes)), largest]);
  const total = sum(graph, weights);
  const share = (value: Value) => graph.node('Squeeze', [graph.node('Div', [value, total]), graph.ints([1])]);
  const [first, others] = split(graph, weights, isLargest);
  const probabilities = clipped(graph, weights);
  const both = augmented === null ? null : geometricMean(graph, probabilities, clipped(graph, addScoreWeights(graph, augmented, kind, behaviour.classes)));
  const described = both ?? probabilities;
  const value = behaviour.kind === 'sorted' ? addSorted(graph, described, isLargest, behaviour.top) : graph.node('Log', [described]);
  const doubts = both === null ? share(sum(graph, others)) : graph.node('Squeeze', [sum(graph, split(graph, both, isLargest)[1]), graph.ints([1])]);
  return {
    classes: graph.node('Squeeze', [largest, graph.ints([1])]),
    confidence: toFloat32(graph, share(sum(graph, first))),
    coldStart: toFloat32(graph, doubts),
    value: toFloat32(graph, behaviour.kind === 'classes' && both !== null ? beside(graph, value, largest) : value),
  };
}

/** Clipped and normalized: the P of the behaviour, not that of the confidence. */
function clipped(graph: GraphBuilder, weights: Value): Value {
  const least = graph.node('Max', [graph.node('Div', [weights, sum(graph, weights)]), float(graph, LEAST_PROBABILITY)]);
  return graph.node('Div', [least, sum(graph, least)]);
}

/** The normalized geometric mean: the mean of the logarithms, as an ensemble of two whose errors are independent would have it. */
function geometricMean(graph: GraphBuilder, a: Value, b: Value): Value {
  const mean = graph.node('Sqrt', [graph.node('Mul', [a, b])]);
  return graph.node('Div', [mean, sum(graph, mean)]);
}

/** The class indexes as one more column. */
function beside(graph: GraphBuilder, logs: Value, indexes: Value): Value {
  return graph.node('Concat', [logs, graph.node('Cast', [indexes], { to: ELEMENT_TYPE_NUMBERS.float64 })], { axis: 1 });
}

/**
 * float64 [N, 4 + top]: with p1 >= p2 the two largest probabilities and `rest` the sum of all but p1,
 * s = ln(rest/p1) clipped to +-16 (maximum softmax probability), g = ln((rest + p2) / max(p1 - p2, 1e-4)) clipped to
 * [-16, 10] (margin), ln(p2/p1), the entropy in nats, and the `top` largest ln P in descending order.
 */
function addSorted(graph: GraphBuilder, probabilities: Value, isLargest: Value, top: number): Value {
  const [first, others] = split(graph, probabilities, isLargest);
  const p1 = sum(graph, first);
  const p2 = graph.node('ReduceMax', [others], { axes: [1], keepdims: 1 });
  const rest = sum(graph, others);
  const logRatio = (numerator: Value, denominator: Value) => graph.node('Log', [graph.node('Div', [numerator, denominator])]);
  const clip = (value: Value, most: number) => graph.node('Clip', [value, float(graph, -SCORE_LIMIT), float(graph, most)]);
  const margin = graph.node('Max', [graph.node('Sub', [p1, p2]), float(graph, LEAST_MARGIN)]);
  const logs = graph.node('Log', [probabilities]);
  const entropy = graph.node('Neg', [sum(graph, graph.node('Mul', [probabilities, logs]))]);
  const [largest] = graph.nodes('TopK', [logs, graph.ints([top])], 2, { axis: 1, largest: 1, sorted: 1 });
  const summary = [
    clip(logRatio(rest, p1), SCORE_LIMIT),
    clip(logRatio(graph.node('Add', [rest, p2]), margin), MARGIN_SCORE_MOST),
    logRatio(p2, p1),
    entropy,
  ];
  return graph.node('Concat', [...summary, largest ?? logs], { axis: 1 });
}

/** The values of the largest class and those of the others, zeros elsewhere. */
function split(graph: GraphBuilder, values: Value, isLargest: Value): [largest: Value, others: Value] {
  const zero = float(graph, 0);
  return [graph.node('Where', [isLargest, values, zero]), graph.node('Where', [isLargest, zero, values])];
}

function sum(graph: GraphBuilder, values: Value): Value {
  return graph.node('ReduceSum', [values, graph.ints([1])], { keepdims: 1 });
}

function float(graph: GraphBuilder, value: number): Value {
  return graph.scalar('float64', value);
}

function toFloat32(graph: GraphBuilder, value: Value): Value {
  return graph.node('Cast', [value], { to: ELEMENT_TYPE_NUMBERS.float32 });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
