import type { InputTransform } from '../experts/input-transform.js';
import type { UnlabelledRows } from '../training/window.js';
import type { Seen } from './arrange.js';
import { chooseLayout } from './choose-metric.js';
import { rowsOf } from './column-set.js';
import type { BaseRows } from './directions.js';
import { fitBehaviour } from './fit-evidence.js';
import type { FeatureRows } from './feature-rows.js';
import { fitDescriptions } from './fit-descriptions.js';
import type { InputReadings } from './fit-readings.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import { computeInputs, computeSignals } from './stages.js';
import { joinFeatures, usefulUnlabelled } from './unlabelled.js';

/** The stages before the experts: how the inputs are scaled, how distances are measured, the stored rows, and the columns that the experts read. */
export async function prepare(task: RecipeTask): Promise<Prepared> {
  const { window, labelled: { form }, options } = task;
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  const known = joinFeatures(window, unlabelled);
  const { first, table } = await fitDescriptions(known, { signal: options.signal });
  const signals = await computeSignals(window, form, first.plain, hooksOf(task));
  const rows = {
    signals,
    behaviour: fitBehaviour(window.rows, signals),
    others: unlabelled === null ? null : await signalsOf(unlabelled, task, first.plain),
  };
  const anew = async ({ isUneven }: InputReadings, transform: InputTransform): Promise<Seen> => ({ transform, isUneven, ...(await readAnew(task, rows, known, transform)) });
  const ordered = async (readings: InputReadings): Promise<Seen | null> => (readings.ordered === null ? null : anew(readings, readings.ordered));
  return chooseLayout(
    task,
    { plain: { transform: first.plain, isUneven: first.isUneven, ...rows }, ordered: await ordered(first) },
    table === null ? null : { plain: await anew(table, table.plain), ordered: await ordered(table) },
  );
}

type SeenRows = Pick<Seen, 'signals' | 'behaviour' | 'others'>;

/** The same rows with their inputs read another way: what the base model says of them does not depend on it. `known`: the labelled rows, then the others. */
async function readAnew(task: RecipeTask, seen: SeenRows, known: FeatureRows, transform: InputTransform): Promise<SeenRows> {
  const { window: { rows }, labelled: { form } } = task;
  const { signals, others } = seen;
  const all = await computeInputs(known, form, transform, hooksOf(task));
  return {
    ...seen,
    signals: { ...signals, transformed: rowsOf(all, 0, rows) },
    others: others === null ? null : { ...others, transformed: rowsOf(all, rows, known.rows) },
  };
}

/** Of predictions without a ground truth; null where they have no input features that vary, or not a score of each class. */
async function signalsOf({ rows, features }: UnlabelledRows, { window: { width }, labelled: { form }, options }: RecipeTask, transform: InputTransform): Promise<BaseRows | null> {
  const { transformed, logProbabilities } = await computeSignals({ rows, width, features }, form, transform, { signal: options.signal });
  return transformed === null || logProbabilities === null ? null : { rows, transformed, logProbabilities };
}

function hooksOf(task: RecipeTask) {
  return { signal: task.options.signal, onRows: (done: number, total: number) => report(task, 'preparing', done, total) };
}
