import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { columns, logSumExp, minus, plus } from '../experts/operators.js';
import { clipScore, failureLogitOf } from '../linear/numerics.js';
import type { TrainingWindow } from '../training/window.js';

/** What becomes of a prediction where no true classes are known: class 0 is no failure; a regression fails by being too low (1) or too high (2), all else just fails (1). */
export interface Outcomes {
  readonly classes: 2 | 3;
  /** Of each row. */
  readonly labels: Int32Array;
}

const OK = 0;
/** With fewer failures on either side they are one kind. */
const LEAST_OF_A_SIDE = 5;

/** The outcomes of a window: by side where every failure has one, and both have some. */
export function outcomesOf({ failures, errors }: Pick<TrainingWindow, 'failures' | 'errors'>): Outcomes {
  const labels = Int32Array.from(failures, (failure, row) => (failure === 0 ? OK : (errors?.[row] ?? 0) < 0 ? 2 : 1));
  const isKnown = errors !== undefined && failures.every((failure, row) => failure === 0 || !Number.isNaN(errors[row]!));
  const count = (label: number): number => labels.reduce((sum, own) => sum + (own === label ? 1 : 0), 0);
  if (isKnown && count(1) >= LEAST_OF_A_SIDE && count(2) >= LEAST_OF_A_SIDE) return { classes: 3, labels };
  return { classes: 2, labels: Int32Array.from(failures) };
}

/** The failure logit of the failure rate, one row of each outcome added. */
export function outcomeCentre({ classes, labels }: Outcomes): number {
  const succeeded = labels.reduce((sum, label) => sum + (label === OK ? 1 : 0), 0);
  return Math.log((labels.length - succeeded + classes - 1) / (succeeded + 1));
}

/** Failure logits less `centre`, from the logarithms of the outcomes' probabilities (rows x classes). */
export function outcomeScores(logs: Float32Array, classes: number, centre: number): Float32Array {
  return Float32Array.from({ length: logs.length / classes }, (_, row) => clipScore(failureLogitOf(Float64Array.from(logs.subarray(row * classes, (row + 1) * classes)), OK) - centre));
}

/** The same as operators, of rows (N x classes); gives N x 1. */
export function emitOutcomeScores(graph: GraphBuilder, logs: Value, classes: number, centre: number): Value {
  const failed = logSumExp(graph, columns(graph, logs, 1, classes));
  return plus(graph, minus(graph, failed, columns(graph, logs, 0, 1)), -centre);
}
