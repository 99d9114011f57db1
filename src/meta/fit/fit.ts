import { createRandom } from '../training/random.js';
import type { TrainingWindow } from '../training/window.js';
import { chooseForm } from '../experts/form.js';
import { fitAnchor } from '../experts/linear-experts.js';
import { repeatsFor } from '../experts/net-plan.js';
import { divide } from '../linear/folds.js';
import { meanLogLoss, sigmoids } from '../linear/numerics.js';
import { exportMetaModel } from './export.js';
import { fitRecipe } from './fit-recipe.js';
import type { RecipeTask } from './recipe-task.js';
import { MIN_LABELS } from './shortage.js';
import { computeSignals } from './stages.js';
import type { FitDiagnostics, FitOptions, FittedMetaModel } from './types.js';
import { countFailures } from './window-slice.js';

const FOLD_STREAM = 101;

/** What the recipe is fitted to. */
export function recipeTask(window: TrainingWindow, options: FitOptions): RecipeTask {
  const failures = countFailures(window);
  return {
    window, options,
    labelled: chooseForm(window, options.behaviour),
    divisions: divide(window.failures, repeatsFor(window.rows), createRandom(options.seed, FOLD_STREAM)),
    counts: { rows: window.rows, failures, fewerOutcomes: Math.min(failures, window.rows - failures) },
  };
}

/**
 * Fits the whole recipe on a window of labelled rows and writes it as one graph. Deterministic for the same window, options and
 * machine. With fewer than 20 rows, where all are failures, or where none is and no true classes are known,
 * the calibrated anchor serves alone. Rejects with the signal's reason after an abort.
 */
export async function fitMetaModel(window: TrainingWindow, options: FitOptions): Promise<FittedMetaModel> {
  const task = recipeTask(window, options);
  const { labelled, divisions, counts } = task;
  const isTaught = counts.failures > 0 || labelled.form.kind === 'classes';
  if (window.rows >= MIN_LABELS && counts.failures < window.rows && isTaught) return fitRecipe(task);

  options.onProgress?.({ step: 'preparing', done: 0, total: 1 });
  const signals = await computeSignals(window, labelled.form, { kind: 'none' }, { signal: options.signal });
  const anchor = fitAnchor({ failures: window.failures, weights: window.weights, anchor: signals.anchor ?? null }, divisions);
  const weights = { coefficients: anchor.coefficients, width: anchor.coefficients.length };
  const onnx = exportMetaModel({ form: labelled.form, anchor: weights, recipe: null });
  options.onProgress?.({ step: 'exporting', done: 1, total: 1 });
  const outOfFold = sigmoids(anchor.outOfFold);
  const loss = meanLogLoss(anchor.outOfFold, window.failures, window.weights);
  const diagnostics: FitDiagnostics = {
    ...counts, form: 'anchor', storedRows: 0, learnedShare: 0, orderedColumns: 0, unlabelledRows: 0, logLoss: { anchor: loss, stacked: loss },
    stacker: null, recentOffset: 0, pool: null, tau: null, kernelPenalties: [], treeRounds: 0, netSteps: null, netSlope: null, snapshotLosses: [],
  };
  return { onnx, outOfFold, anchorOutOfFold: outOfFold, diagnostics };
}
