import type { VectorForm } from '../meta/features/layout.js';
import { fitLabelFree } from '../meta/fit/fit-label-free.js';
import { scoreTable } from '../meta/policy/calibration-table.js';
import type { ProgressListener } from '../meta/training/window.js';
import type { LedgerRows } from './read-unlabelled.js';
import type { LabelFreeResult, TrainingTask } from './training-task.js';

/**
 * Trains a meta-model on the predictions of a task alone, or says in words why there is none (decision 21). There is no test: nobody has labels, and the
 * cold start that it replaces is no better calibrated. `unlabelled` null: no prediction was there.
 */
export async function trainLabelFree(
  task: VectorForm & Pick<TrainingTask, 'behaviour' | 'seed'>, unlabelled: LedgerRows | null, least: number, progress: ProgressListener,
): Promise<LabelFreeResult | string> {
  const { behaviour, seed } = task;
  if (behaviour.kind !== 'classes') return 'no label-free meta-model: it needs a score of each class, of 256 classes at most';
  const rows = unlabelled?.rows ?? 0;
  if (unlabelled === null || rows < least) return `no label-free meta-model: ${rows} predictions without a ground truth, ${least} are needed`;
  const fitted = await fitLabelFree(unlabelled, task, { behaviour, onProgress: progress });
  if (fitted === null) return 'no label-free meta-model: there are no input features that vary';
  const { onnx, disagreement, weight, scores } = fitted;
  return {
    onnx,
    reason: `label-free: learnt from ${rows} predictions, none of which has a ground truth; no test, for nobody has labels. The consensus disagrees with the base model `
      + `on ${(100 * disagreement).toFixed(1)} % of the predictions that it had not learnt from, so its weight is ${weight.toFixed(2)}`,
    training: { rows: 0, failures: 0, from: unlabelled.from, to: unlabelled.to, seed, unlabelledRows: rows, scores: scoreTable(scores) },
  };
}
