import { distanceWidth, type InputTransform } from '../experts/input-transform.js';
import { buildReferenceStore } from '../experts/reference-store.js';
import type { UnlabelledRows } from '../training/window.js';
import { fitEvidence } from './fit-evidence.js';
import { fitInputTransform } from './fit-input-transform.js';
import type { KernelContext } from './fit-kernel.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import { computeEvidence, computeNeighbours, computeSignals } from './stages.js';
import { joinFeatures, usefulUnlabelled } from './unlabelled.js';

/** The stages before the experts: how the inputs are scaled, the stored rows, and the columns that the experts read. */
export async function prepare(task: RecipeTask): Promise<Prepared> {
  const { window, labelled: { form, labels }, options } = task;
  const hooks = { signal: options.signal };
  const counted = (step: string) => ({ ...hooks, onRows: (done: number, total: number) => report(task, step, done, total) });
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  const transform = await fitInputTransform(joinFeatures(window, unlabelled), hooks);
  const signals = await computeSignals(window, form, transform, counted('preparing'));
  const store = signals.transformed === null ? null : buildReferenceStore(
    signals.transformed.data, signals.transformed.width, distanceWidth(transform), labels, form.references, options.maxStoredRows,
  );
  const neighbours = await computeNeighbours(window.rows, form, signals, transform, store, counted('distances'));
  const evidenceFit = fitEvidence(window.rows, form, labels, signals, neighbours);
  const evidence = await computeEvidence(window.rows, form, signals, neighbours, evidenceFit, hooks);
  const context = unlabelled === null ? null : await contextOf(unlabelled, task, transform);
  return { signals, evidence, context, parameters: { transform, store, evidence: evidenceFit } };
}

/** What the kernel experts read of predictions without a ground truth. */
async function contextOf({ rows, features }: UnlabelledRows, { window: { width }, labelled: { form }, options }: RecipeTask, transform: InputTransform): Promise<KernelContext | null> {
  const { transformed, logProbabilities } = await computeSignals({ rows, width, features }, form, transform, { signal: options.signal });
  return transformed === null || logProbabilities === null ? null : { rows, transformed, logProbabilities };
}
