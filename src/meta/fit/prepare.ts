import type { InputTransform } from '../experts/input-transform.js';
import type { UnlabelledRows } from '../training/window.js';
import type { Seen } from './arrange.js';
import { chooseLayout } from './choose-metric.js';
import type { BaseRows } from './directions.js';
import { fitInputTransform } from './fit-input-transform.js';
import { readByOrder } from './read-by-order.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import { computeSignals } from './stages.js';
import { joinFeatures, usefulUnlabelled } from './unlabelled.js';

/** The stages before the experts: how the inputs are scaled, how distances are measured, the stored rows, and the columns that the experts read. */
export async function prepare(task: RecipeTask): Promise<Prepared> {
  const { window, labelled: { form }, options } = task;
  const hooks = { signal: options.signal };
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  const known = joinFeatures(window, unlabelled);
  const transform = await fitInputTransform(known, hooks);
  const ordered = transform.kind === 'standardized' ? readByOrder(known, transform) : null;
  const see = async (reading: InputTransform): Promise<Seen> => ({
    transform: reading,
    signals: await computeSignals(window, form, reading, { ...hooks, onRows: (done, total) => report(task, 'preparing', done, total) }),
    others: unlabelled === null ? null : await signalsOf(unlabelled, task, reading),
  });
  return chooseLayout(task, await see(transform), ordered === null ? null : await see(ordered));
}

/** Of predictions without a ground truth; null where they have no input features that vary, or not a score of each class. */
async function signalsOf({ rows, features }: UnlabelledRows, { window: { width }, labelled: { form }, options }: RecipeTask, transform: InputTransform): Promise<BaseRows | null> {
  const { transformed, logProbabilities } = await computeSignals({ rows, width, features }, form, transform, { signal: options.signal });
  return transformed === null || logProbabilities === null ? null : { rows, transformed, logProbabilities };
}
