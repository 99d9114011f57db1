import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitDoubt } from '../experts/doubt.js';
import { FIGURE } from '../experts/behaviour.js';
import { atLeast, beside, columns, matrix, minus, oneHot, plus, rowSum, times } from '../experts/operators.js';
import { emitKernelsOf } from '../kernel/kernel-points.js';
import { emitLogsOf, type KernelClassifier } from '../kernel/kernel-score.js';
import { REACHES, type AnsweredCentres } from './answered-centres.js';

/** What each reach says of a row, in the order of the columns. */
const OF_REACH = ['opinion logit', 'opinion margin', 'pooled logit', 'pooled margin', 'divergence', 'density', 'neighbours in doubt', 'probability nearby', 'agreement nearby'] as const;
type OfReach = (typeof OF_REACH)[number];
const OF_ROW = ['confidence', 'margin', 'entropy', 'share of class', 'doubt of class'] as const;
/** Columns of the signals of a row. */
export const SIGNAL_COUNT = signalCount(REACHES.length);

/** Least sum of gaussians whose logarithm is taken, and what the mean of all centres counts beside those near by. */
const LEAST_DENSITY = 1e-4;
const OF_ALL = 1e-3;
const FIGURES = [FIGURE.confidence, FIGURE.margin, FIGURE.entropy];

/** The same of so many reaches. */
export function signalCount(reaches: number): number {
  return OF_ROW.length + reaches * OF_REACH.length;
}

/** Where a column stands: of the row itself, or of a reach. */
export function signalIndex(name: (typeof OF_ROW)[number]): number;
export function signalIndex(name: OfReach, reach: number): number;
export function signalIndex(name: OfReach | (typeof OF_ROW)[number], reach?: number): number {
  if (reach === undefined) return OF_ROW.indexOf(name as (typeof OF_ROW)[number]);
  return signalCount(reach) + OF_REACH.indexOf(name as OfReach);
}

export interface SignalInputs {
  /** N x d: where the rows lie. */
  readonly points: Value;
  /** N x classes, and N x 1: the predicted class. */
  readonly logProbabilities: Value;
  readonly predicted: Value;
  /** The behaviour figures. */
  readonly figures: Value;
}

/** N x SIGNAL_COUNT, or fewer where there are fewer reaches: what shows of a prediction without any ground truth, in quantities that mean the same for every model. */
export function emitPretrainedSignals(graph: GraphBuilder, inputs: SignalInputs, { classifiers, answers, means, logShares, doubts }: AnsweredCentres): Value {
  const classes = logShares.length;
  const indicators = oneHot(graph, inputs.predicted, classes);
  const ofClass = (values: Float32Array): Value => rowSum(graph, times(graph, indicators, matrix(graph, 1, classes, values, 'of_classes')));
  const own = FIGURES.map((column) => columns(graph, inputs.figures, column, column + 1));
  const kernels = emitKernels(graph, inputs.points, classifiers);
  const told = matrix(graph, answers.length / means.length, means.length, answers, 'answers');
  const ofReaches = classifiers.map((classifier, reach) => emitOfReach(graph, { ...inputs, indicators }, kernels[reach]!, classifier, { told, means }));
  return beside(graph, [...own, ofClass(logShares), ofClass(doubts), ...ofReaches.flat()]);
}

/** N x m: the kernel of each reach; all have the same centres. */
function emitKernels(graph: GraphBuilder, points: Value, classifiers: readonly KernelClassifier[]): Value[] {
  const { classes, centres, coefficients, signs } = classifiers[0]!;
  const count = coefficients.length / classes;
  const at = matrix(graph, count, centres.length / count, centres, 'opinion_centres');
  return emitKernelsOf(graph, points, at, classifiers.map(({ gamma }) => graph.scalar('float32', gamma)), signs);
}

/** N x 1 each, in the order of OF_REACH. */
function emitOfReach(
  graph: GraphBuilder, { logProbabilities, indicators }: Pick<SignalInputs, 'logProbabilities'> & { readonly indicators: Value }, kernel: Value,
  { classes, coefficients, shares }: KernelClassifier, { told, means }: { readonly told: Value; readonly means: Float32Array },
): Value[] {
  const logs = emitLogsOf(graph, kernel, graph.floats(shares), { classes, coefficients });
  const normalized = (logits: Value): Value => graph.node('LogSoftmax', [logits], { axis: 1 });
  const own = normalized(logs);
  const opinion = emitDoubt(graph, own, indicators);
  const pooled = emitDoubt(graph, normalized(times(graph, plus(graph, logProbabilities, logs), 0.5)), indicators);
  const divergence = rowSum(graph, times(graph, graph.node('Exp', [logProbabilities]), minus(graph, logProbabilities, own)));
  const sums = graph.node('MatMul', [kernel, told]);
  const density = columns(graph, sums, 0, 1);
  const nearby = graph.node('Div', [plus(graph, sums, graph.floats(means.map((mean) => OF_ALL * mean))), plus(graph, density, OF_ALL)]);
  const named = (from: number): Value => rowSum(graph, times(graph, columns(graph, nearby, from, from + classes), indicators));
  return [
    opinion.logit, opinion.margin, pooled.logit, pooled.margin, divergence, graph.node('Log', [atLeast(graph, density, LEAST_DENSITY)]),
    columns(graph, nearby, 1, 2), named(2), named(2 + classes),
  ];
}
