import { FIGURE } from '../experts/behaviour.js';
import type { KernelClassifier } from '../kernel/kernel-score.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import { answeredCentres, type AnsweredCentres } from '../pretrained/answered-centres.js';
import { factsOf } from '../pretrained/facts.js';
import { emitPretrainedSignals } from '../pretrained/signals.js';
import { columnOf, integersOf, rowsOf, type ColumnSet } from './column-set.js';
import { opinionOf, type MirroredContext } from './label-free-consensus.js';
import { runStage } from './staged-run.js';

const CHUNK = 512;

/** Predictions without a ground truth, and what the base model said. */
export interface AnsweredRows extends MirroredContext {
  readonly predicted: ColumnSet;
  /** The behaviour figures. */
  readonly figures: ColumnSet;
}

/** Rows [from, to), as views. */
export function part({ points, signs, logProbabilities, predicted, figures }: AnsweredRows, from: number, to: number): AnsweredRows {
  const of = (set: ColumnSet): ColumnSet => rowsOf(set, from, to);
  return { rows: to - from, signs, points: of(points), logProbabilities: of(logProbabilities), predicted: of(predicted), figures: of(figures) };
}

/** Fits an opinion of each reach. */
export async function answer(rows: AnsweredRows, reaches: readonly number[], hooks: RidgeHooks): Promise<AnsweredCentres> {
  const classifiers: KernelClassifier[] = [];
  for (const reach of reaches) classifiers.push(await opinionOf(rows, reach, hooks));
  const { logProbabilities, predicted, figures } = rows;
  return answeredCentres(classifiers, {
    rows: rows.rows, classes: logProbabilities.width, logProbabilities: logProbabilities.data, predicted: integersOf(predicted), confidence: columnOf(figures, FIGURE.confidence),
  });
}

/** The facts, by rows from which the consensus, the only one of the opinions, did not learn. */
export async function factsAt({ rows, points, logProbabilities, predicted, figures }: AnsweredRows, answered: AnsweredCentres, disagreement: number, { signal }: RidgeHooks): Promise<Float32Array> {
  const { signals } = await runStage({
    rows, chunk: CHUNK, feeds: { points, logProbabilities, predicted, figures },
    emit: (graph, inputs) => ({
      signals: emitPretrainedSignals(graph, { points: inputs.points!, logProbabilities: inputs.logProbabilities!, predicted: inputs.predicted!, figures: inputs.figures! }, answered),
    }),
  }, { signal });
  return factsOf({ rows, learnt: answered.answers.length / answered.means.length, classes: logProbabilities.width, width: points.width, disagreement, signals: signals!.data });
}
