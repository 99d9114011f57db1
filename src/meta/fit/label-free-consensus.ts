import { toFloat } from '../experts/operators.js';
import { emitKernelLogs, type KernelClassifier } from '../kernel/kernel-score.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import { NO_FOLDS } from '../linear/folds.js';
import { columnOf, integersOf, rowsOf, type ColumnSet } from './column-set.js';
import { fitKernel, type KernelContext } from './fit-kernel.js';
import { CONSENSUS } from './kernel-experts.js';
import { runStage } from './staged-run.js';

const CHUNK = 512;

/** Rows, and what a mirror multiplies each number of their points by. */
export interface MirroredContext extends KernelContext {
  readonly signs: Float32Array | null;
}

/** What rows say of the classes none of which has a ground truth; the larger `sharpness`, the nearer they must be to be heard. */
export async function opinionOf(context: MirroredContext, sharpness: number, hooks: RidgeHooks): Promise<KernelClassifier> {
  const [points, logProbabilities] = [rowsOf(context.points, 0, 0), rowsOf(context.logProbabilities, 0, 0)];
  const none = { rows: 0, classes: logProbabilities.width, points, signs: context.signs, logProbabilities, predicted: new Int32Array(0), labels: new Int32Array(0) };
  return (await fitKernel({ ...CONSENSUS, sharpness }, none, context, NO_FOLDS, hooks)).opinion.classifier;
}

/** Share of rows for which the consensus of other rows names another class than the base model. */
export async function disagreement(classifier: KernelClassifier, newer: KernelContext & { readonly predicted: ColumnSet }, hooks: RidgeHooks): Promise<number> {
  const { rows, points, logProbabilities } = newer;
  const { named } = await runStage({
    rows, chunk: CHUNK, feeds: { points, logProbabilities },
    emit: (graph, inputs) => {
      const logs = emitKernelLogs(graph, { points: inputs.points!, logProbabilities: inputs.logProbabilities! }, classifier);
      return { named: toFloat(graph, graph.node('ArgMax', [logs], { axis: 1, keepdims: 1 })) };
    },
  }, { signal: hooks.signal });
  const predicted = integersOf(newer.predicted);
  return columnOf(named!, 0).reduce((sum, label, row) => sum + (label === predicted[row] ? 0 : 1), 0) / rows;
}
