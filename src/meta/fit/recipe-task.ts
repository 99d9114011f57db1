import type { LabelledForm } from '../experts/form.js';
import type { Division } from '../linear/folds.js';
import type { TrainingWindow } from '../training/window.js';
import type { ColumnSet } from './column-set.js';
import type { KernelContext } from './fit-kernel.js';
import type { Evidence, Signals } from './stages.js';
import type { FitDiagnostics, FitOptions, RecipeParameters } from './types.js';

export interface RecipeTask {
  readonly window: TrainingWindow;
  readonly labelled: LabelledForm;
  readonly divisions: readonly Division[];
  readonly counts: Pick<FitDiagnostics, 'rows' | 'failures' | 'fewerOutcomes'>;
  readonly options: FitOptions;
}

/** What the stages of the fit computed before the experts. */
export interface Prepared {
  readonly signals: Signals;
  /** Where the rows lie for everything that measures distances; null without input features. */
  readonly points: ColumnSet | null;
  readonly evidence: Evidence;
  /** Null where no expert learns from predictions without a ground truth. */
  readonly context: KernelContext | null;
  /** Whether columns are so unlike that boosted trees have a say whatever the labels tell of them (see InputReadings). */
  readonly isUneven: boolean;
  readonly parameters: Pick<RecipeParameters, 'transform' | 'metric' | 'store' | 'evidence'>;
}

/** Tells how far the fit is; throws the signal's reason after an abort. */
export function report({ options }: RecipeTask, step: string, done: number, total: number): void {
  options.signal?.throwIfAborted();
  options.onProgress?.({ step, done, total });
}
