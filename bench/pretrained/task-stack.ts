import { join } from 'node:path';
import { DEFAULT_STORED_ROWS } from '../../src/inference/config/file-schema.js';
import { emitFailureLogits } from '../../src/meta/fit/export.js';
import { recipeTask } from '../../src/meta/fit/fit.js';
import { fitRecipeParameters } from '../../src/meta/fit/fit-recipe.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import type { MetaModelParameters } from '../../src/meta/fit/types.js';
import { countFailures, sliceWindow } from '../../src/meta/fit/window-slice.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { windowOf } from '../quality/product/metaerr.js';
import { readTask, stagePath, writeColumns, type SyntheticTask } from './task-file.js';
import type { TaskOrder } from './task-order.js';

const CHUNK = 256;
/** Numbers of labels that tasks take turns in. */
const LABELS = [30, 50, 100, 200, 300, 600, 1000] as const;
/** Failures without which the judged rows tell nothing of an order. */
const FEWEST_FAILURES = 5;

/**
 * Fits the experts to the first of a task's judged rows and computes what they say of the others, as the product does. Nothing is written where there is
 * nothing to learn from or to judge by, or no expert `pretrained`.
 */
export async function writeStack({ folder, number }: TaskOrder): Promise<void> {
  const task = readTask(join(folder, `${number}.f32`));
  const labels = LABELS[number % LABELS.length]!;
  const judged = judgedWindow(task);
  if (labels >= judged.rows) return;
  const [labelled, others] = [sliceWindow(judged, 0, labels), sliceWindow(judged, labels, judged.rows)];
  const failures = countFailures(labelled);
  if (failures === 0 || failures === labels || countFailures(others) < FEWEST_FAILURES) return;
  const parameters = await fitTask(task, labelled);
  const facts = parameters.recipe?.correction?.facts ?? null;
  if (facts === null) return;
  const { uncorrected, columns } = await runStage({
    rows: others.rows, chunk: CHUNK, feeds: { features: { width: others.width, data: others.features } },
    emit: (graph, inputs) => {
      const { uncorrected: own, columns: seen } = emitFailureLogits(graph, inputs.features!, parameters);
      return { uncorrected: own, columns: seen };
    },
  });
  writeColumns(stagePath(folder, number, 'stack'), { rows: others.rows, facts, logits: uncorrected!.data, failures: others.failures, columns: columns! });
}

async function fitTask({ classes, unlabelled }: SyntheticTask, labelled: TrainingWindow): Promise<MetaModelParameters> {
  const options = { behaviour: { kind: 'classes', classes }, seed: 1, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled } as const;
  return (await fitRecipeParameters(recipeTask(labelled, options))).parameters;
}

/** Nothing of the fit reads what was served in the cold start. */
function judgedWindow({ vector, judged }: SyntheticTask): TrainingWindow {
  return windowOf({ ...vector, ...judged, coldStart: new Float64Array(judged.rows).fill(NaN) });
}
