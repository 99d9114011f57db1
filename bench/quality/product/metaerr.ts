import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import { fitMetaModel } from '../../../src/meta/fit/fit.js';
import { scoreWindow } from '../../../src/meta/fit/score-window.js';
import type { FitDiagnostics } from '../../../src/meta/fit/types.js';
import type { TrainingWindow } from '../../../src/meta/training/window.js';
import type { Scores } from '../baseline.js';
import type { LoggedRows, TruthRows } from './logged-rows.js';

/** Newest labelled rows kept for the distances, the service's own default. */
const MAX_STORED_ROWS = 10_000;

export interface MetaErrScores extends Scores {
  /** Null at the cold start. */
  readonly diagnostics: FitDiagnostics | null;
}

/** Logged rows as the training reads them from the ledger: in the order of their arrival, none scored by a meta-model. */
export function windowOf(logged: TruthRows): TrainingWindow {
  const { rows, inputWidth, width, features, failures, predicted, truths, coldStart } = logged;
  return {
    rows, inputWidth, width, features, failures, truths,
    classes: predicted,
    coldStartProbabilities: coldStart,
    failureProbabilities: new Float64Array(rows).fill(NaN),
    createdAt: Float64Array.from({ length: rows }, (_, row) => row),
    weights: null,
  };
}

/** What the product serves for the test rows after it has been given the labelled ones; without any it is 1 - confidence. */
export async function metaErrScores(labelled: TruthRows, unlabelled: LoggedRows | null, test: TruthRows, behaviour: BehaviourLayout, seed: number): Promise<MetaErrScores> {
  if (labelled.rows === 0) return { scores: test.coldStart, areProbabilities: true, diagnostics: null };
  const { onnx, diagnostics } = await fitMetaModel(windowOf(labelled), { behaviour, seed, maxStoredRows: MAX_STORED_ROWS, unlabelled });
  return { scores: await scoreWindow(onnx, windowOf(test)), areProbabilities: true, diagnostics };
}
