import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { designOf, type Columns, type Design } from '../linear/design.js';
import type { Division } from '../linear/folds.js';
import type { GaussianPrior } from '../linear/logistic.js';
import { logit, meanLogLoss, weightAt } from '../linear/numerics.js';
import { crossFitLogistic, type CrossFit } from '../linear/out-of-fold.js';
import { beside, filled, matrix, plus, toIndex } from './operators.js';

/** The columns of the rows that the linear experts are fitted on. */
export interface LinearExpertData {
  readonly failures: Uint8Array;
  /** What each row counts; null: all the same. */
  readonly weights: Float64Array | null;
  /** a; null for tasks without classes. */
  readonly anchor: Columns | null;
  /** The second expert's column. */
  readonly score: Columns;
  readonly summary: Columns | null;
  /** Predicted class of each row; null where it is not used. */
  readonly predicted: Int32Array | null;
  readonly classes: number;
  /** Whether `score` is a failure logit itself, so that it shares the prior weight with the anchor. */
  readonly scoreIsLogit: boolean;
}

export interface LinearExperts {
  readonly anchor: CrossFit;
  readonly nn: CrossFit;
  readonly lr: CrossFit & { readonly tau: number };
}

/** Coefficients of a linear expert: `width` of them belong to the intercept and the dense columns, the rest to the classes. */
export interface LinearWeights {
  readonly coefficients: Float64Array;
  readonly width: number;
}

/** Prior standard deviations that the third expert chooses from. */
const TAUS = [0.03, 0.1, 0.3] as const;

/** Priors of the leading coefficients: [mean, precision] of the intercept and of the columns after it. */
type LeadingPrior = readonly (readonly [number, number])[];

/** Expert 1: the anchor score, re-scaled; without classes an intercept, the failure rate so far. */
export function fitAnchor({ failures, weights, anchor }: Pick<LinearExpertData, 'failures' | 'weights' | 'anchor'>, divisions: readonly Division[]): CrossFit {
  const design = designOf(failures.length, present([anchor]));
  return crossFitLogistic(design, failures, priorOf({ failures, weights }, anchor === null, anchor === null ? [] : [[1, 4]], design, 1), divisions, weights);
}

/** Expert 2: what the nearest labelled inputs say, beside the anchor. */
export function fitNearest(data: LinearExpertData, divisions: readonly Division[]): CrossFit {
  const design = designOf(data.failures.length, present([data.anchor, data.score]));
  const leading: LeadingPrior = data.anchor === null ? [data.scoreIsLogit ? [0.5, 2] : [0, 1]] : data.scoreIsLogit ? [[0.5, 4], [0.5, 2]] : [[1, 4], [0, 1]];
  return crossFitLogistic(design, data.failures, priorOf(data, data.anchor === null, leading, design, 1), divisions, data.weights);
}

/** A failure logit and a correction that owes nothing to the labels: their sum, more or less, until labels say otherwise. */
export function fitCorrected({ failures, weights }: Pick<LinearExpertData, 'failures' | 'weights'>, logit: Columns, correction: Columns, divisions: readonly Division[]): CrossFit {
  const design = designOf(failures.length, [logit, correction]);
  return crossFitLogistic(design, failures, priorOf({ failures, weights }, false, [[1, 8], [0.7, 8]], design, 1), divisions, weights);
}

/** A stacked failure logit and a correction that owes nothing to the labels, as above; the level has been fitted to the same failures before, and is held fast. */
export function fitCorrectedStack({ failures, weights }: Pick<LinearExpertData, 'failures' | 'weights'>, stacked: Columns, correction: Columns, divisions: readonly Division[]): CrossFit {
  const design = designOf(failures.length, [stacked, correction]);
  const prior = { mean: Float64Array.of(0, 1, 0.75), precision: Float64Array.of(16, 32, 8) };
  return crossFitLogistic(design, failures, () => prior, divisions, weights);
}

/** A failure logit re-scaled by itself. */
export function fitScale({ failures, weights, score }: Pick<LinearExpertData, 'failures' | 'weights' | 'score'>, divisions: readonly Division[]): CrossFit {
  const design = designOf(failures.length, [score]);
  return crossFitLogistic(design, failures, priorOf({ failures, weights }, false, [[0.5, 2]], design, 1), divisions, weights);
}

/** Expert 3: a ridge logistic regression on the small columns and the predicted class; its penalty by out-of-fold log loss. */
export function fitSummary(data: LinearExpertData, divisions: readonly Division[]): LinearExperts['lr'] {
  const columns = [data.anchor, data.scoreIsLogit ? data.score : null, data.summary];
  const design = designOf(data.failures.length, present(columns), data.predicted, data.classes);
  const leading: LeadingPrior = data.anchor === null ? [] : data.scoreIsLogit ? [[0.5, 4], [0.5, 2]] : [[1, 4]];
  let best: (LinearExperts['lr'] & { loss: number }) | null = null;
  for (const tau of TAUS) {
    const fit = crossFitLogistic(design, data.failures, priorOf(data, data.anchor === null, leading, design, 1 / tau ** 2), divisions, data.weights);
    const loss = meanLogLoss(fit.outOfFold, data.failures, data.weights);
    if (best === null || loss < best.loss) best = { ...fit, tau, loss };
  }
  return best!;
}

function present(blocks: readonly (Columns | null)[]): Columns[] {
  return blocks.filter((block) => block !== null);
}

/**
 * Prior [intercept, leading, the rest with mean 0]. The intercept is centred at 0, or, without an anchor score to
 * offset, at the smoothed failure rate of the rows the fit sees.
 */
function priorOf(
  data: Pick<LinearExpertData, 'failures' | 'weights'>, centreIntercept: boolean, leading: LeadingPrior, design: Design, restPrecision: number,
): (rows: Int32Array | null) => GaussianPrior {
  return (rows) => {
    const size = design.width + design.categories;
    const mean = new Float64Array(size);
    const precision = new Float64Array(size).fill(restPrecision);
    mean[0] = centreIntercept ? rateLogit(data, rows) : 0;
    precision[0] = 1;
    leading.forEach(([m, p], j) => {
      mean[j + 1] = m;
      precision[j + 1] = p;
    });
    return { mean, precision };
  };
}

/** Logit of the failure rate with Jeffreys' half observation of each outcome. */
function rateLogit({ failures, weights }: Pick<LinearExpertData, 'failures' | 'weights'>, rows: Int32Array | null): number {
  let [sum, total] = [0, 0];
  const count = rows === null ? failures.length : rows.length;
  for (let r = 0; r < count; r++) {
    const i = rows === null ? r : rows[r]!;
    sum += weightAt(weights, i) * failures[i]!;
    total += weightAt(weights, i);
  }
  return logit((sum + 0.5) / (total + 1));
}

/**
 * Emits the logit (N x 1) of a linear expert: columns beside each other times the coefficients after the intercept, plus
 * one coefficient of the predicted class where there are any left. `like` gives the number of rows.
 */
export function emitLinear(
  graph: GraphBuilder, columns: readonly (Value | null)[], { coefficients, width }: LinearWeights, predicted: Value | null, like: Value,
): Value {
  const values = columns.filter((value) => value !== null);
  if (values.length === 0) return filled(graph, like, 1, coefficients[0]!);
  const weights = matrix(graph, width - 1, 1, coefficients.subarray(1, width), 'coefficients');
  const bias = graph.floats([coefficients[0]!]);
  const linear = graph.node('Gemm', [beside(graph, values), weights, bias]);
  const categories = coefficients.length - width;
  if (categories === 0 || predicted === null) return linear;
  const table = matrix(graph, categories, 1, coefficients.subarray(width), 'class_coefficients');
  const perClass = graph.node('Gather', [table, graph.node('Squeeze', [toIndex(graph, predicted), graph.ints([1])])], { axis: 0 });
  return plus(graph, linear, perClass);
}
