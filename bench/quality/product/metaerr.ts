import { vectorForm, type BehaviourLayout, type VectorForm } from '../../../src/meta/features/layout.js';
import { DEFAULT_MIN_UNLABELLED_ROWS, DEFAULT_STORED_ROWS } from '../../../src/inference/config/file-schema.js';
import { fitLabelFree } from '../../../src/meta/fit/fit-label-free.js';
import { fitMetaModel } from '../../../src/meta/fit/fit.js';
import { scoreWindow } from '../../../src/meta/fit/score-window.js';
import { shortageOf, silenceOf } from '../../../src/meta/fit/shortage.js';
import type { FitDiagnostics } from '../../../src/meta/fit/types.js';
import type { TrainingWindow } from '../../../src/meta/training/window.js';
import type { Scores } from '../baseline.js';
import { failureCount } from './logged-rows.js';
import type { LoggedRows, TruthRows } from './logged-rows.js';

export interface MetaErrScores extends Scores {
  /** Null where no label was learnt from. */
  readonly diagnostics: FitDiagnostics | null;
}

/** What a training reads of logged rows with their ground truths. */
type LoggedWindow = VectorForm & Pick<TruthRows, 'rows' | 'features' | 'failures' | 'predicted' | 'truths' | 'coldStart'>;

/** Logged rows as the training reads them from the ledger: in the order of their arrival, none scored by a meta-model. */
export function windowOf(logged: LoggedWindow): TrainingWindow {
  const { rows, features, failures, predicted, truths, coldStart } = logged;
  return {
    ...vectorForm(logged), rows, features, failures, truths,
    classes: predicted,
    coldStartProbabilities: coldStart,
    failureProbabilities: new Float64Array(rows).fill(NaN),
    createdAt: Float64Array.from({ length: rows }, (_, row) => row),
    weights: null,
  };
}

/** What the product serves for the test rows after it has been given the labelled ones, and those without a label. */
export async function metaErrScores(labelled: TruthRows, unlabelled: LoggedRows | null, test: TruthRows, behaviour: BehaviourLayout, seed: number): Promise<MetaErrScores> {
  const failures = failureCount(labelled);
  const shortage = shortageOf(labelled.rows, failures);
  if (shortage !== null || failures === 0) {
    const labelFree = await labelFreeScorer(unlabelled, behaviour);
    // As the service, which trains nothing then.
    const teachesNothing = shortage !== null || silenceOf(await labelFree(labelled)) !== null;
    if (teachesNothing) return { scores: await labelFree(test), areProbabilities: true, diagnostics: null };
  }
  const { onnx, diagnostics } = await fitMetaModel(windowOf(labelled), { behaviour, seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled });
  return { scores: await scoreWindow(onnx, windowOf(test)), areProbabilities: true, diagnostics };
}

/** What is served without labels to learn from: the label-free meta-model, or 1 - confidence where there are too few rows for it. */
async function labelFreeScorer(unlabelled: LoggedRows | null, behaviour: BehaviourLayout): Promise<(rows: TruthRows) => Promise<Float64Array>> {
  const fitted = unlabelled === null || unlabelled.rows < DEFAULT_MIN_UNLABELLED_ROWS ? null : await fitLabelFree(unlabelled, unlabelled, { behaviour });
  return async (rows) => (fitted === null ? rows.coldStart : scoreWindow(fitted.onnx, windowOf(rows)));
}
