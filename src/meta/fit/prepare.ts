import type { InputTransform } from '../experts/input-transform.js';
import type { UnlabelledRows } from '../training/window.js';
import { chooseLayout } from './choose-metric.js';
import type { BaseRows } from './directions.js';
import { fitInputTransform } from './fit-input-transform.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import { computeSignals } from './stages.js';
import { joinFeatures, usefulUnlabelled } from './unlabelled.js';

/** The stages before the experts: how the inputs are scaled, how distances are measured, the stored rows, and the columns that the experts read. */
export async function prepare(task: RecipeTask): Promise<Prepared> {
  const { window, labelled: { form }, options } = task;
  const hooks = { signal: options.signal };
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  const transform = await fitInputTransform(joinFeatures(window, unlabelled), hooks);
  const signals = await computeSignals(window, form, transform, { ...hooks, onRows: (done, total) => report(task, 'preparing', done, total) });
  const others = unlabelled === null ? null : await signalsOf(unlabelled, task, transform);
  return chooseLayout(task, { transform, signals, others });
}

/** Of predictions without a ground truth; null where they have no input features that vary, or not a score of each class. */
async function signalsOf({ rows, features }: UnlabelledRows, { window: { width }, labelled: { form }, options }: RecipeTask, transform: InputTransform): Promise<BaseRows | null> {
  const { transformed, logProbabilities } = await computeSignals({ rows, width, features }, form, transform, { signal: options.signal });
  return transformed === null || logProbabilities === null ? null : { rows, transformed, logProbabilities };
}
