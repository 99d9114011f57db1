import { trainClassifier } from '../../../src/meta/training/classifier-trainer.js';
import type { BaseModel, BaseTraining } from './base-model.js';
import { netPlan } from './net-plan.js';

/** The project's own net: one hidden layer, softmax cross-entropy; it gives logits. */
export async function trainNet({ rows, shape, classes, seed }: BaseTraining): Promise<BaseModel> {
  const onnx = await trainClassifier({
    ...netPlan(rows.rows, shape),
    inputs: rows.values,
    rows: rows.rows,
    width: rows.values.length / rows.rows,
    targets: rows.truths,
    classes,
    inputShape: shape,
    output: 'logits',
    seed,
  });
  return { onnx, kind: 'logits' };
}
